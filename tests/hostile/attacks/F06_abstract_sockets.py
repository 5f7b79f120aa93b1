"""Connect to abstract sockets of the host.

contains: reached: []
"""
# %%
# honest
# %%
import socket
names = ["/tmp/.X11-unix/X0", "/tmp/dbus-1", "/containerd-shim", "hostile-listener", *(line.split()[-1][1:] for line in open("/proc/net/unix") if "@" in line)]
reached = []
for name in names:
    with socket.socket(socket.AF_UNIX) as each:
        if each.connect_ex("\0" + name) == 0:
            reached.append(name)
print("reached:", reached)
