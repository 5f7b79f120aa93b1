"""Define predict again, wrongly, after the cell that had it right: the last definition counts.

score: 6
"""
# %%
# honest
# %%
def predict(x):
    return x
