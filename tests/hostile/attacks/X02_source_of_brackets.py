"""Hand in cells that are nested deeper than any parser goes.

status: cell_error | died
score: 8 | 10
"""
# %%
# honest
# %%
# becomes "true_w = " + "(" * 5000 + "3" + ")" * 5000
# %%
# becomes "true_w = " + "-" * 50_000 + "3"
# %%
# becomes "true_w = " + "[" * 150 + "]" * 150
