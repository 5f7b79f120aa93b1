"""Hand in a chain of five thousand attributes, so that the look at the source is one of five thousand levels.

status: cell_error | ok | died | timed_out
score: 9 | 10
"""
# %%
# honest
# %%
# becomes "unknown" + ".a" * 5000 + ".b()"
