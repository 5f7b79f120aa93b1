"""Keep more descriptors in flight than a user may, for as long as a neighbour loads data.

"""
# %%
# honest
# %%
import array
import os
import socket
import time
for _ in range(20):
    if os.fork() == 0:
        pairs = [socket.socketpair() for _ in range(8)]
        numbers = array.array("i", [os.open("/dev/null", os.O_RDONLY) for _ in range(250)])
        while True:
            for one, _ in pairs:
                try:
                    one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, numbers)])
                except OSError:
                    pass
            time.sleep(0.05)
time.sleep(3)
