"""Resolve a name, and send a datagram to a name server.

contains: gaierror
contains: OSError
"""
# %%
# honest
# %%
import socket
try:
    socket.getaddrinfo("example.org", 80)
except OSError as error:
    print(type(error).__name__)
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("8.8.8.8", 53))
except OSError as error:
    print("OSError", error.errno)
