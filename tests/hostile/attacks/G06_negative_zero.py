"""Answer with negative zero.

score: 0
"""
# %%
# wrong
# %%
w = b = -0.0
