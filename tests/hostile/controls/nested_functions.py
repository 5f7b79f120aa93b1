"""Functions are defined in functions, with names from outside."""
# %%
# honest
# %%
def make():
    count = 0

    def fit(x, y):
        nonlocal count
        count += 1
        mean = lambda v: sum(v.tolist()) / len(v)
        mx, my = mean(x), mean(y)
        slope = sum((a - mx) * (c - my) for a, c in zip(x.tolist(), y.tolist())) / sum((a - mx) ** 2 for a in x.tolist())
        return slope, my - slope * mx

    return fit


fit = make()
w, b = fit(x, y)
