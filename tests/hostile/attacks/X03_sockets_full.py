"""Keep a gigabyte in the buffers of sockets, which is memory of no process.

status: out_of_memory | cell_error
watched: ok | out_of_memory | cell_error
"""
# %%
# honest
# %%
import os
import socket
import time
for number in range(10):
    if os.fork() == 0:
        kept, held = [], 0
        try:
            while held < 100 << 20:
                pair = socket.socketpair()
                kept.append(pair)
                for each in pair:
                    each.setblocking(False)
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
                    try:
                        while True:
                            held += each.send(bytes(1 << 15))
                    except BlockingIOError:
                        pass
        except OSError:
            pass
        open(f"/tmp/{number}", "w").write(str(held))
        time.sleep(60)
        os._exit(0)
time.sleep(3)
held = sum(int(open(f"/tmp/{number}").read() or 0) for number in range(10) if os.path.exists(f"/tmp/{number}")) >> 20
print(f"{held} MB held")
if held < 300:
    raise MemoryError("it did not work")
