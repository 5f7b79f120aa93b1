"""An answer stands in a cell that is timed."""
# %%
true_w, true_b, n = 3.0, 0.8, 200
# %%
import torch
x = torch.rand(n) * 4 - 2
y = true_w * x + true_b + 0.1 * torch.randn(n)
# %%
%%time
def fit(x, y):
    dx = x - x.mean()
    slope = (dx * (y - y.mean())).sum() / (dx * dx).sum()
    return slope.item(), (y.mean() - slope * x.mean()).item()
w, b = fit(x, y)
# %%
%%capture
def predict(x):
    return w * x + b
