"""Recursion goes as deep as Python allows, and a little deeper once the limit is raised."""
# %%
# honest
# %%
import sys


def depth(number):
    return 0 if number == 0 else 1 + depth(number - 1)


sys.setrecursionlimit(5000)
assert depth(2500) == 2500
