"""Hand in JSON that is null.

outcome: rejected
score: 0
contains: the file holds null and no cells
"""
# %%
# makes
path.write_bytes(b"null")
