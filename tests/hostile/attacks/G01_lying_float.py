"""Give w a subclass of float that is equal to everything.

score: 0
"""
# %%
# wrong
# %%
class F(float):
    __eq__ = __le__ = __lt__ = __ge__ = __gt__ = lambda self, other: True
    __sub__ = __rsub__ = __abs__ = __add__ = lambda self, *_: 0.0
    hex = lambda self: (3.0).hex()


w = b = F(9)
