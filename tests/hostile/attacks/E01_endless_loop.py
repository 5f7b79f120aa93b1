"""Compute without end.

status: timed_out
cell: 2
"""
# %%
# honest
# %%
while True: pass
