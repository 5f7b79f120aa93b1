"""Assign a parameter at the end of a chain of a thousand branches and terms.

score: 8 | 10
status: ok | cell_error | timed_out
"""
# %%
# honest
# %%
# becomes "if true_w == 1: pass\n" + "elif n == 1: pass\n" * 1500 + "else: true_w = 3.0 + " + "+".join(["0"] * 3000) + "\n"
