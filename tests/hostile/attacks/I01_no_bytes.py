"""Hand in a file of no bytes.

outcome: rejected
score: 0
contains: the file is empty
"""
# %%
# makes
path.write_bytes(b"")
