"""Sleep for ever when the value is looked at.

score: 0
"""
# %%
# wrong
# %%
import time


class Slow:
    __module__ = "numpy"
    dtype = property(lambda self: time.sleep(1e9))
    __getattr__ = __len__ = __iter__ = lambda self, *_: time.sleep(1e9)


w = Slow()
predict = lambda x: Slow()
