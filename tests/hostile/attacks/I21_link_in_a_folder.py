"""Hand in a folder of the assignment's name with a link to a neighbour's notebook in it.

outcome: rejected
score: 0
contains: You submitted a link to a file, not the file itself.
"""
# %%
# makes
folder = path.with_suffix("")
folder.mkdir()
(folder / "mine.ipynb").symlink_to("../../0-neighbour/line.ipynb")
