"""Take long in many cells, each within the limit of a cell.

status: timed_out
score: 0
"""
# %%
# times 40
import time; time.sleep(1.5)
# %%
# honest
