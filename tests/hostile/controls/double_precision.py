"""Everything is computed in double precision."""
# %%
# honest
# %%
original, torch_x = fit, x.double()


def fit(x, y):
    return original(x.double(), y.double())


def predict(x):
    return (w * x.double() + b).double()


w, b = fit(x, y)
