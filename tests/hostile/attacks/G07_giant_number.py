"""Answer with a whole number that takes minutes to print.

score: 0
"""
# %%
# wrong
# %%
w = b = 1 << 33_000_000
predict = lambda x: w
