"""Sleep without end.

status: timed_out
cell: 2
"""
# %%
# honest
# %%
import time
time.sleep(1e9)
