"""Ignore every signal that can be ignored and loop.

status: timed_out
cell: 2
"""
# %%
# honest
# %%
import signal
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGXCPU, signal.SIGALRM):
    signal.signal(number, signal.SIG_IGN)
while True:
    pass
