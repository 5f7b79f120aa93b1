"""Keep data in TCP connections to oneself, which is memory of no process and of which the machine has one budget for all.

status: out_of_memory | cell_error
watched: ok | out_of_memory | cell_error
"""
# %%
# honest
# %%
import os
import socket
import time
for number in range(5):
    if os.fork() == 0:
        kept, held = [], 0
        try:
            server = socket.create_server(("127.0.0.1", 0))
            while held < 120 << 20:
                one = socket.create_connection(server.getsockname())
                other, _ = server.accept()
                kept += [one, other]
                for each in (one, other):
                    each.setblocking(False)
                    try:
                        while True:
                            held += each.send(bytes(1 << 16))
                    except BlockingIOError:
                        pass
        except OSError:
            pass
        try:
            open(f"/tmp/{number}", "w").write(str(held))
            time.sleep(60)
        finally:
            os._exit(0)
time.sleep(3)
held = sum(int(open(f"/tmp/{number}").read() or 0) for number in range(5) if os.path.exists(f"/tmp/{number}")) >> 20
print(f"{held} MB held")
if held < 300:
    raise MemoryError("it did not work")
