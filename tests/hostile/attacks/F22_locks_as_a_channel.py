"""Lock a file that all sessions share, which another could notice.

contains: free free free refused
"""
# %%
# honest
# %%
import fcntl
import os
import struct
import sys
said = []
whole = struct.pack("hhqqi", fcntl.F_WRLCK, 0, 0, 0, 0)
mine, other = open(sys.executable, "rb"), open(sys.executable, "rb")
shared = struct.pack("hhqqi", fcntl.F_RDLCK, 0, 0, 0, 0)
fcntl.flock(mine, fcntl.LOCK_EX)
try:
    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    said.append("free")
except BlockingIOError:
    said.append("held")
for take, ask in ((fcntl.F_SETLK, fcntl.F_GETLK), (fcntl.F_OFD_SETLK, fcntl.F_OFD_GETLK)):
    file = open(sys.executable, "rb")
    fcntl.fcntl(file, take, shared)
    read, write = os.pipe()
    if os.fork() == 0:
        found = struct.unpack("hhqqi", fcntl.fcntl(open(sys.executable, "rb"), ask, whole))[0]
        os.write(write, b"free" if found == fcntl.F_UNLCK else b"held")
        os._exit(0)
    said.append(os.read(read, 4).decode())
try:
    fcntl.fcntl(mine, 1024, 0)
    said.append("leased")
except OSError:
    said.append("refused")
print(*said)
