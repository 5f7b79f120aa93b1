"""Hand in a link to a neighbour's notebook.

outcome: rejected
score: 0
contains: You submitted a link to a file, not the file itself.
"""
# %%
# makes
path.symlink_to("../0-neighbour/line.ipynb")
