"""Read from address 0.

status: died
cell: 2
"""
# %%
# honest
# %%
import ctypes
ctypes.string_at(0)
