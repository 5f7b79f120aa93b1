"""Batches come from a generator, and the answer is the last that it gives."""
# %%
# honest
# %%
original = fit


def steps(x, y):
    for size in (10, 20, len(x)):
        yield original(x[:size], y[:size])


def fit(x, y):
    *_, last = steps(x, y)
    return last


w, b = fit(x, y)
