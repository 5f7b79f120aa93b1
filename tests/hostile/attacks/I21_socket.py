"""Hand in a socket.

outcome: rejected
score: 0
contains: You submitted a socket, not a file.
"""
# %%
# makes
import os
import socket
folder = os.open(path.parent, os.O_RDONLY)
with socket.socket(socket.AF_UNIX) as listener:
    listener.bind(f"/proc/self/fd/{folder}/{path.name}")
os.close(folder)
