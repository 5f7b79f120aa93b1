"""End the process with code 0 in the middle; the other cells still count.

status: died
cell: 2
"""
# %%
# honest
# %%
import os
os._exit(0)
