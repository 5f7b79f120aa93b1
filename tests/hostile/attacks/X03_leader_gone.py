"""Fill memory in a child whose first thread has ended: the system then tells nothing of its memory by its number.

status: out_of_memory
cell: 2
"""
# %%
# honest
# %%
import ctypes
import os
import threading
import time
if os.fork() == 0:

    def fill():
        blocks = []
        for _ in range(60):
            blocks.append(b"x" * (1 << 24))
            time.sleep(0.02)
            open("/tmp/held", "w").write(str(len(blocks) * 16))
        time.sleep(60)

    threading.Thread(target=fill).start()
    ctypes.CDLL(None).syscall(60, 0)  # ends this thread alone
time.sleep(3)
print(open("/tmp/held").read(), "MB held")
