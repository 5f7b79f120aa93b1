"""Objects of one's own are pickled, copied and compared."""
# %%
# honest
# %%
import copy
import pickle


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __eq__(self, other):
        return (self.x, self.y) == (other.x, other.y)


point = Point(w, b)
again = pickle.loads(pickle.dumps(point))
assert copy.deepcopy(again) == point
w, b = again.x, again.y
