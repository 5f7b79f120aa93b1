"""Interrupt the own process, and its group.

status: cell_error | died | ok
"""
# %%
# honest
# %%
import os
import signal
try:
    os.kill(os.getpid(), signal.SIGINT)
except KeyboardInterrupt:
    pass
os.killpg(0, signal.SIGINT)
