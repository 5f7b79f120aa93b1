"""Fork sixty thousand processes that end at once and are waited for by nobody.

status: cell_error
cell: 2
contains: BlockingIOError
"""
# %%
# honest
# %%
import os
for _ in range(60_000):
    if os.fork() == 0:
        os._exit(0)
