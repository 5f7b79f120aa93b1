"""Look for a neighbour who waits at the same time on loopback, on a socket by name and with locks.

contains: met: []
"""
# %%
# honest
# %%
import fcntl
import socket
import struct
import sys
import time
met = []
for _ in range(10):
    for family, address in ((socket.AF_INET, ("127.0.0.1", 47123)), (socket.AF_UNIX, "\0hostile-letter"), (40, (2, 47123))):
        try:
            with socket.socket(family) as each:
                each.settimeout(0.2)
                each.connect(address)
                met.append(address)
        except OSError:
            pass
    try:
        fcntl.flock(open(sys.executable), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        met.append("a lock")
    for ask in (fcntl.F_GETLK, fcntl.F_OFD_GETLK):
        asked = struct.pack("hhqqi", fcntl.F_WRLCK, 0, 0, 0, 0)
        if struct.unpack("hhqqi", fcntl.fcntl(open(sys.executable), ask, asked))[0] != fcntl.F_UNLCK:
            met.append("a lock on a part")
    time.sleep(0.1)
print("met:", met)
