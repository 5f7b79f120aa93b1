"""The answers are methods of an object."""
# %%
# honest
# %%
class Line:
    def fit(self, x, y):
        return fit(x, y)

    def predict(self, x):
        return w * x + b


line = Line()
predict = line.predict
