"""Functions are defined again and again; the last counts."""
# %%
# honest
# %%
def predict(x):
    return x
# %%
def predict(x):
    return w * x
# %%
def predict(x):
    return w * x + b
