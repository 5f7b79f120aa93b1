"""Leave with exit code 0 from within a function that the rubric calls.

score: 0
"""
# %%
# wrong
# %%
import sys


def predict(x):
    sys.exit(0)


def fit(x, y):
    raise SystemExit(0)
