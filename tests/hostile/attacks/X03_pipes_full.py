"""Keep data in pipes, of which a user may have little once there are many.

status: cell_error | out_of_memory
"""
# %%
# honest
# %%
import fcntl
import os
import time
for number in range(10):
    if os.fork() == 0:
        kept, held = [], 0
        try:
            while held < 100 << 20:
                reading, writing = os.pipe()
                os.set_blocking(writing, False)
                try:
                    fcntl.fcntl(writing, 1031, 1 << 20)
                except OSError:
                    pass
                try:
                    while True:
                        held += os.write(writing, bytes(1 << 16))
                except BlockingIOError:
                    pass
        except OSError:
            pass
        open(f"/tmp/{number}", "w").write(str(held))
        time.sleep(60)
        os._exit(0)
time.sleep(2)
held = sum(int(open(f"/tmp/{number}").read() or 0) for number in range(10) if os.path.exists(f"/tmp/{number}")) >> 20
print(f"{held} MB held")
if held < 300:
    raise MemoryError("it did not work")
