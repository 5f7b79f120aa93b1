"""Leave a process behind that was forked twice, has a session of its own and hears no signal.

"""
# %%
# honest
# %%
import os
import signal
import time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in (1, 2, 3, 15):
            signal.signal(number, signal.SIG_IGN)
        time.sleep(300)
    os._exit(0)
time.sleep(0.2)
