"""Answers are decorated, partial and bound."""
# %%
# honest
# %%
import functools
import time


def timed(function):
    @functools.wraps(function)
    def inner(*arguments, **keywords):
        begun = time.perf_counter()
        try:
            return function(*arguments, **keywords)
        finally:
            print(function.__name__, time.perf_counter() - begun)
    return inner


fit = timed(fit)
predict = functools.partial(lambda w, b, x: w * x + b, w, b)
