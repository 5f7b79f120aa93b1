"""Hand in a file that says to be of 2 GB and takes no space.

outcome: rejected
score: 0
contains: The file is too large: more than 20 MB
"""
# %%
# makes
import os
path.write_bytes(good)
os.truncate(path, 2 << 30)
