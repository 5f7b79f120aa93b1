"""Hand in a link to a file that is not there.

outcome: rejected
score: 0
contains: You submitted a link to a file, not the file itself.
"""
# %%
# makes
path.symlink_to("nothing.ipynb")
