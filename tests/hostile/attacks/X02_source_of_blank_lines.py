"""Hand in a broken cell of three hundred thousand blank lines, which a careless pattern takes hours to look through.

status: cell_error
score: 8 | 10
"""
# %%
# honest
# %%
# becomes "\n" * 300_000 + "true_w = = 3"
