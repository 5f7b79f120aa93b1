"""The answers are NumPy's numbers and arrays."""
# %%
# honest
# %%
import numpy as np


def fit(x, y):
    x, y = np.asarray(x), np.asarray(y)
    slope = ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
    return np.array([slope, y.mean() - slope * x.mean()])


w, b = fit(x, y)
w, b = np.float32(w), np.float64(b)
