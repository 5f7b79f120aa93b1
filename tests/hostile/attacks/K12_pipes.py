"""Use up the pages for pipes, of which all processes of a user have one number: later pipes would be smaller.

status: out_of_memory
cell: 2
"""
# %%
# honest
# %%
import os, time
for _ in range(8):
    if os.fork() == 0:
        kept = [os.pipe() for _ in range(200)]
        time.sleep(60)
        os._exit(0)
time.sleep(2)
