"""Write a message that never ends to the connection itself: always another small part, and more to come.

status: too_much_output | protocol | out_of_memory | timed_out
cell: 2
"""
# %%
# honest
# %%
import os
import socket
import time
part = b"\x03" + (900_000).to_bytes(8, "big") + bytes(900_000)
sent = 0
for number in range(3, 64):
    try:
        each = socket.socket(fileno=os.dup(number))
        peer = each.family == socket.AF_UNIX and each.getsockname().endswith("/k-2") and each.getpeername() is not None
    except (OSError, AttributeError):
        continue
    if peer:
        each.setblocking(True)
        try:
            while sent < 1_200_000_000:
                each.sendall(part)
                sent += len(part)
        except OSError as error:
            print(error)
print(sent)
time.sleep(0.5)
