"""Answer everything with a constant.

score: 0
"""
# %%
w = b = 1.0
predict = fit = lambda *_: 1.0
