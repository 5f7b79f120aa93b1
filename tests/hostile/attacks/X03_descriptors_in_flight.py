"""Keep as many descriptors in flight as a user may, from many processes at the same moment.

status: ok | out_of_memory
"""
# %%
# honest
# %%
import array
import os
import socket
import time
start = time.time() + 0.3
for _ in range(40):
    if os.fork() == 0:
        pairs = [socket.socketpair() for _ in range(8)]
        numbers = array.array("i", [os.open("/dev/null", os.O_RDONLY) for _ in range(250)])
        while time.time() < start:
            pass
        for one, _ in pairs:
            try:
                one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, numbers)])
            except OSError:
                pass
        time.sleep(60)
        os._exit(0)
time.sleep(1)
