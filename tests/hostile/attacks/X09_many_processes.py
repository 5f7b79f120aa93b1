"""Keep as many processes asleep as can be started, so that nobody else can start one.

status: ok
contains: started few
"""
# %%
# honest
# %%
import os
import signal
import time
children = []
try:
    for _ in range(150):
        pid = os.fork()
        if pid == 0:
            time.sleep(1000)
        children.append(pid)
except OSError as error:
    print(error)
print("started", "few" if len(children) < 60 else "many")
for pid in children:
    os.kill(pid, signal.SIGKILL)
    os.wait()
