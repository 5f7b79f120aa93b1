"""Take all memory in many small processes.

status: out_of_memory
cell: 2
"""
# %%
# honest
# %%
import os
import time
for number in range(20):
    if os.fork() == 0:
        block = bytearray(b"x") * (40 << 20)
        time.sleep(60)
        os._exit(0)
time.sleep(60)
