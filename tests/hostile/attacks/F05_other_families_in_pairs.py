"""Have parts of the system loaded that serve other networks, by asking for pairs of their sockets or for other protocols.

contains: reached: []
"""
# %%
# honest
# %%
import errno, socket
reached = []
for family in range(2, 46):
    for kind in (1, 2, 3, 5):
        try:
            socket.socketpair(family, kind)
            reached.append((family, kind))
        except OSError as error:
            if error.errno in (errno.EOPNOTSUPP, errno.EPROTONOSUPPORT, errno.ESOCKTNOSUPPORT):
                reached.append((family, kind))
for family in (socket.AF_INET, socket.AF_INET6):
    for kind in range(1, 8):
        for protocol in (0, 1, 2, 17, 33, 132, 136, 255, 262):
            if (kind, protocol) != (1, 0):
                try:
                    socket.socket(family, kind, protocol)
                    reached.append((family, kind, protocol))
                except PermissionError:
                    pass
                except OSError as error:
                    reached.append((family, kind, protocol, error.errno))
print("reached:", reached)
