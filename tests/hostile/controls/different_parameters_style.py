"""The parameters are assigned one by one, with annotations and comments."""
# %%
true_w: float = 3.0  # the slope
true_b = 0.8
n = 200
# %%
import torch
x = torch.rand(n) * 4 - 2
y = true_w * x + true_b + 0.1 * torch.randn(n)
# %%
def fit(x, y):
    a = torch.stack([x, torch.ones_like(x)], dim=1)
    return tuple(torch.linalg.solve(a.T @ a, a.T @ y).tolist())


w, b = fit(x, y)
predict = lambda x: w * x + b
