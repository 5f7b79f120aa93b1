"""Compute without end in children that live shortly and whose times are added to nobody's.

status: timed_out
cell: 2
"""
# %%
# honest
# %%
import os
import signal
import time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    for _ in range(2):
        if os.fork() == 0:
            end = time.monotonic() + 0.1
            while time.monotonic() < end:
                pass
            os._exit(0)
    time.sleep(0.1)
