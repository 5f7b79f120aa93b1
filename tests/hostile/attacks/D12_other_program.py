"""Become another program, which sleeps.

status: timed_out | died | protocol | too_much_output
cell: 2
"""
# %%
# honest
# %%
import os
os.execv("/bin/sleep", ["sleep", "9999"])
