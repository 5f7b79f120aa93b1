"""Answer with the right number in a list.

score: 0
"""
# %%
# wrong
# %%
w, b = [3.0], (0.8,)
