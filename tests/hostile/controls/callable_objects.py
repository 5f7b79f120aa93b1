"""The answers are objects that can be called."""
# %%
# honest
# %%
class Predict:
    def __call__(self, x):
        return w * x + b


class Fit:
    def __init__(self, original):
        self.original = original

    def __call__(self, x, y):
        return self.original(x, y)


predict, fit = Predict(), Fit(fit)
