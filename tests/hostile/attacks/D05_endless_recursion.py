"""Recurse without a limit, until the stack is used up.

status: died | cell_error | timed_out | out_of_memory
cell: 2
"""
# %%
# honest
# %%
import sys
sys.setrecursionlimit(10**9)
f = lambda: f()
f()
