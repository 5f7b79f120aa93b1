"""Fork and let both go on as the kernel, with the same sockets.

status: ok | protocol | timed_out | died | cell_error | too_much_output
score: 0 | 2 | 4 | 6 | 8 | 9 | 10
"""
# %%
# honest
# %%
import os
os.fork()
