"""Hand in a folder of the assignment's name that is a link to a neighbour's folder.

outcome: rejected
score: 0
contains: You submitted a link to a file, not the file itself.
"""
# %%
# makes
path.with_suffix("").symlink_to("../0-neighbour")
