"""Answer with NaN, everywhere.

score: 0
"""
# %%
# wrong
# %%
w = b = float("nan")
predict = lambda x: x * float("nan")
fit = lambda x, y: (float("nan"), float("nan"))
