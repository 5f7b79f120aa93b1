"""Hand in a sum of fifty thousand terms.

status: cell_error | ok | died | timed_out
score: 8 | 10
"""
# %%
# honest
# %%
# becomes "true_w = 3.0 " + "+ 0" * 50_000
