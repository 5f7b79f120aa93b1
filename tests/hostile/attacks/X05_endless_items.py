"""Answer with something that never stops giving.

score: 0
"""
# %%
# wrong
# %%
import itertools


class Endless:
    __len__ = lambda self: 2**62
    __iter__ = lambda self: itertools.count()
    __getitem__ = lambda self, key: Endless()


w = b = Endless()
predict = lambda x: Endless()
fit = lambda x, y: (number for number in itertools.count())
