"""Make sockets of families that no namespace holds back.

contains: made: []
"""
# %%
# honest
# %%
import contextlib
import socket
made = []
for family in range(3, 64):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        with contextlib.suppress(OSError):
            socket.socket(family, kind)
            if family not in (socket.AF_INET6, socket.AF_NETLINK):
                made.append((family, kind))
print("made:", made)
