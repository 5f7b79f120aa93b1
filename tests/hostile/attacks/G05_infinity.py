"""Answer with infinity, everywhere.

score: 0
"""
# %%
# wrong
# %%
w = b = float("inf")
predict = lambda x: x * 0 + float("inf")
fit = lambda x, y: (float("inf"), float("-inf"))
