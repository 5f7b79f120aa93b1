"""Hand in JSON that is null.

outcome: rejected
score: 0
contains: the file contains null and no cells
"""
# %%
# makes
path.write_bytes(b"null")
