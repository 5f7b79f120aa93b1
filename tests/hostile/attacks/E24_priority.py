"""Ask for more of the processor than others get.

contains: refused refused refused refused
"""
# %%
# honest
# %%
import os
said = []
for attempt in (lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(99)), lambda: os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)),
                lambda: os.nice(-20), lambda: os.setpriority(os.PRIO_USER, 0, -20)):
    try:
        attempt()
        said.append("granted")
    except OSError:
        said.append("refused")
print(*said)
