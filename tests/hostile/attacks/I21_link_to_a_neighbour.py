"""Hand in a link to a neighbour's notebook.

outcome: rejected
score: 0
contains: What was submitted is a link to a file, not the file itself.
"""
# %%
# makes
path.symlink_to("../0-neighbour/line.ipynb")
