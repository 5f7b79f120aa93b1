"""Hand in a named pipe, at which whoever opens it waits for ever.

outcome: rejected
score: 0
contains: You submitted a named pipe, not a file.
"""
# %%
# makes
import os
os.mkfifo(path)
