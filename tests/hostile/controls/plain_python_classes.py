"""A class of one's own computes, with properties, slots and operators."""
# %%
# honest
# %%
class Vector:
    __slots__ = ("values",)

    def __init__(self, values):
        self.values = list(values)

    def __sub__(self, other):
        return Vector(value - other for value in self.values)

    def __mul__(self, other):
        return sum(a * c for a, c in zip(self.values, other.values))

    @property
    def mean(self):
        return sum(self.values) / len(self.values)


def fit(x, y):
    x, y = Vector(x.tolist()), Vector(y.tolist())
    slope = (x - x.mean) * (y - y.mean) / ((x - x.mean) * (x - x.mean))
    return slope, y.mean - slope * x.mean


w, b = fit(x, y)
