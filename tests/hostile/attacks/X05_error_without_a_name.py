"""Raise an exception whose class has no name, and one that can't be shown.

score: 0
"""
# %%
# wrong
# %%
class Nameless(type):
    @property
    def __name__(cls):
        raise KeyboardInterrupt


class Strange(BaseException, metaclass=Nameless):
    def __str__(self):
        raise SystemExit


def predict(x):
    raise Strange


def fit(x, y):
    raise BaseExceptionGroup("x", [KeyboardInterrupt(), GeneratorExit()])
