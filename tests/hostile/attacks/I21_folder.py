"""Hand in a folder that is called like a notebook, with an honest one in it.

outcome: rejected
score: 0
contains: You submitted a folder, not a file.
"""
# %%
# makes
path.mkdir()
(path / "line.ipynb").write_bytes(good)
