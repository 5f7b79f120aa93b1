"""Use up the watches that all processes of a user have together.

status: out_of_memory
cell: 2
"""
# %%
# honest
# %%
import os
import select
import time
for _ in range(40):
    if os.fork() == 0:
        kept = []
        try:
            polls = [select.epoll() for _ in range(240)]
            files = [os.eventfd(0) for _ in range(240)]
            for poll in polls:
                for number in files:
                    poll.register(number, select.EPOLLIN)
        except OSError:
            pass
        time.sleep(60)
        os._exit(0)
time.sleep(5)
