"""Wait for a neighbour on loopback, on a socket by name, in shared memory and with locks on a file of the system.

contains: came: nobody
"""
# %%
# honest
# %%
import errno
import fcntl
import select
import socket
import sys
waiting = []
for family, address in ((socket.AF_INET, ("127.0.0.1", 47123)), (socket.AF_UNIX, "\0hostile-letter")):
    each = socket.socket(family)
    each.bind(address)
    each.listen()
    waiting.append(each)
try:
    socket.socket(40, socket.SOCK_STREAM).bind((0xFFFFFFFF, 47123))
    print("vsock: bound")
except OSError as error:
    print("vsock:", errno.errorcode[error.errno])
try:
    locked = open(sys.executable)
    fcntl.flock(locked, fcntl.LOCK_EX)
    fcntl.lockf(locked, fcntl.LOCK_SH)
    print("lock: granted")
except OSError as error:
    print("lock:", errno.errorcode[error.errno])
came, _, _ = select.select(waiting, [], [], 1.5)
print("came:", "somebody" if came else "nobody")
