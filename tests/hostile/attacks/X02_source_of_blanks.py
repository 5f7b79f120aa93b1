"""Hand in a broken cell of lines that are nothing but blanks.

status: cell_error
score: 8 | 10
"""
# %%
# honest
# %%
# becomes ("true_w = ?" + " " * 1000 + "x\n") * 300
