"""Sleep among children that compute, so that the kernel's own process seems to wait for a processor all the time.

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
os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
if os.fork() == 0:
    while True:
        for _ in range(20):
            if os.fork() == 0:
                end = time.monotonic() + 0.05
                while time.monotonic() < end:
                    pass
                os._exit(0)
        time.sleep(0.02)
while True:
    os.sched_yield()
