"""Set an alarm that goes off again and again, between cells and in the middle of the kernel's own work.

status: ok | died | cell_error | protocol | timed_out
score: 0 | 2 | 4 | 6 | 8 | 9 | 10
"""
# %%
# honest
# %%
import signal


def ring(*_):
    raise RuntimeError("the alarm")


signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
