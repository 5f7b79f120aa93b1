"""Recurse without a limit through C code, where the stack overflows.

status: died | cell_error
cell: 2
"""
# %%
# honest
# %%
import sys
sys.setrecursionlimit(10**9)


class Loop:
    def __repr__(self):
        return repr([self])


repr(Loop())
