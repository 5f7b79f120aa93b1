"""Close every file, pipe and socket of the kernel.

status: died | protocol | timed_out | too_much_output
cell: 2
"""
# %%
# honest
# %%
import os
os.closerange(3, 200)
