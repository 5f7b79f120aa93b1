"""Keep data in memory files, which belong to no process.

status: cell_error
cell: 2
contains: PermissionError
"""
# %%
# honest
# %%
import os
handle = os.memfd_create("x")
while True:
    os.write(handle, bytes(1 << 20))
