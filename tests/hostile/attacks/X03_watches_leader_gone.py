"""Use up the watches of the user from few processes, in threads that outlive their process's first one.

status: out_of_memory
cell: 2
"""
# %%
# honest
# %%
import ctypes
import os
import select
import threading
import time

def fill():
    time.sleep(0.3)
    polls = [select.epoll() for _ in range(240)]
    files = [os.eventfd(0) for _ in range(240)]
    for poll in polls:
        for number in files:
            poll.register(number, select.EPOLLIN)
    time.sleep(60)

for _ in range(8):
    if os.fork() == 0:
        threading.Thread(target=fill).start()
        ctypes.CDLL(None).syscall(60, 0)
time.sleep(5)
