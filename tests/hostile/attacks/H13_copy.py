"""Answer everything with what was asked.

score: 0
"""
# %%
w = b = 0
predict = lambda x: x
fit = lambda x, y: (x, y)
