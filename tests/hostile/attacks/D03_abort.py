"""Abort.

status: died
cell: 2
"""
# %%
# honest
# %%
import os
os.abort()
