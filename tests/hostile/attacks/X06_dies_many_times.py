"""Die in six cells: what was earned before them is kept.

status: died
"""
# %%
# honest
# %%
# times 6
import os; os._exit(0)
