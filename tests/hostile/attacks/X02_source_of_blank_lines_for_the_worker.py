"""The same as a broken cell of blank lines, where no check looks at the source: rerun alone has to look through it.

status: cell_error
score: 0
"""
# %%
# wrong
# %%
# becomes "\n" * 60_000 + "true_w = = 3"
