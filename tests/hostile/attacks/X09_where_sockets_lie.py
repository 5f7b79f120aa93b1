"""Ask the kernel's sockets for their names, in search of the folder on the host in which they lie.

contains: folders: []
"""
# %%
# honest
# %%
import os
import socket
names = []
for number in map(int, os.listdir("/proc/self/fd")):
    try:
        names.append(socket.socket(fileno=os.dup(number)).getsockname())
    except OSError:
        pass
with open("/proc/net/unix") as file:
    names += [line.split()[-1] for line in file]
print("folders:", sorted({name.rpartition("/")[0] for name in map(str, names) if name.startswith("/") and not name.startswith("/proc/self/fd/")}))
