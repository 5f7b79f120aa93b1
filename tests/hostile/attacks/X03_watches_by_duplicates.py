"""Use up the watches of the user from one process with few files: each number that a file has had counts.

status: out_of_memory
cell: 2
"""
# %%
# honest
# %%
import os, select, time
files = [os.eventfd(0) for _ in range(30)]
polls = [select.epoll() for _ in range(30)]
for number in range(150, 500):
    for file in files:
        os.dup2(file, number)
        for poll in polls:
            poll.register(number, select.EPOLLIN)
time.sleep(3)
