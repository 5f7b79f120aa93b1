"""The answers stand in another order, with cells of one's own between them."""
# %%
def predict(x):
    return w * x + b
# %%
# my notes
# %%
def fit(x, y):
    dx = x - x.mean()
    slope = (dx * (y - y.mean())).sum() / (dx * dx).sum()
    return slope.item(), (y.mean() - slope * x.mean()).item()
# %%
true_w, true_b, n = 3.0, 0.8, 200
# %%
import torch
x = torch.rand(n) * 4 - 2
y = true_w * x + true_b + 0.1 * torch.randn(n)
# %%
w, b = fit(x, y)
print(w, b)
