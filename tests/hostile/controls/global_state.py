"""Functions keep what they found in global names."""
# %%
# honest
# %%
history, original = [], fit


def fit(x, y):
    global last
    last = original(x, y)
    history.append(last)
    return last


w, b = fit(x, y)
