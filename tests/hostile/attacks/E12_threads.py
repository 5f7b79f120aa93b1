"""Start a hundred thousand threads.

status: cell_error
cell: 2
contains: can't start new thread
"""
# %%
# honest
# %%
import threading
import time
for _ in range(100_000):
    threading.Thread(target=time.sleep, args=(0.5,), daemon=True).start()
