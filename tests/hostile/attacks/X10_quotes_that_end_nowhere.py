"""Hand in a line of quotes that end nowhere, over which IPython's translation takes hours, where a parameter's name makes the grader look.

status: cell_error | timed_out
cell: 2
score: 8 | 9 | 10
within: 20
"""
# %%
# honest
# %%
# becomes "true_w = " + chr(92) + "'" + (chr(92) + "'") * 40_000
