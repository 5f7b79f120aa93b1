"""Hand in JSON that is a text.

outcome: rejected
score: 0
contains: the file contains "x" and no cells
"""
# %%
# makes
path.write_bytes(b'"x"')
