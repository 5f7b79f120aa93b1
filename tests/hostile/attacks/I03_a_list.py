"""Hand in JSON that is a list.

outcome: rejected
score: 0
contains: the file contains a list and no cells
"""
# %%
# makes
path.write_bytes(b"[]")
