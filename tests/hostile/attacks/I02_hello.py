"""Hand in a greeting in place of a notebook.

outcome: rejected
score: 0
contains: This is not a notebook: the file is not JSON (line 1, column 1).
"""
# %%
# makes
path.write_bytes(b"hello")
