"""Answer with a column, so that taking the rubric's row from it makes a table of hundreds of millions.

score: 6
"""
# %%
# honest
# %%
def predict(x):
    return torch.zeros(12_000_000, 1, dtype=torch.uint8)
