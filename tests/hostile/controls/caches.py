"""Functions remember what they answered."""
# %%
# honest
# %%
import functools


@functools.lru_cache(maxsize=None)
def fibonacci(number):
    return number if number < 2 else fibonacci(number - 1) + fibonacci(number - 2)


assert fibonacci(300) > 0


@functools.wraps(predict)
def cached(x, answer=functools.cache(lambda key: w * torch.tensor(key) + b)):
    return answer(tuple(x.tolist()))


predict = cached
