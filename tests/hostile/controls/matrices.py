"""The answer is found with matrices."""
# %%
# honest
# %%
def fit(x, y):
    a = torch.stack([x, torch.ones_like(x)], dim=1)
    return tuple(torch.linalg.inv(a.T @ a) @ a.T @ y)


w, b = fit(x, y)
