"""Answer with True for a number.

score: 0
"""
# %%
# wrong
# %%
w = b = True
predict = lambda x: True
