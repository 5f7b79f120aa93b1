"""Delete w after it was right.

score: 2
"""
# %%
# honest
# %%
del w
