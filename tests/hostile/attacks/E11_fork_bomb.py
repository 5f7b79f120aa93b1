"""Fork without end, in every process.

status: cell_error | timed_out | died | protocol | too_much_output | out_of_memory
cell: 2
"""
# %%
# honest
# %%
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
