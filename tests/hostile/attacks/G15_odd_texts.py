"""Answer with texts and dictionaries that no file could hold.

score: 0
"""
# %%
# wrong
# %%
import itertools
odd = itertools.cycle([lambda: "\ud800\udfff", lambda: "\0", lambda: "x" * 10**8, lambda: dict.fromkeys(range(10**6)), lambda: {(1, 2): 3, None: 4, b"x": 5}])
w, b = "\ud800", {1: {2: {}}}
predict = lambda x: next(odd)()
fit = lambda x, y: ["\ud800" * 1000, "\0"]
