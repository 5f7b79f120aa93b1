"""Answer with exactly what the tolerance allows.

score: 2
"""
# %%
# wrong
# %%
w, b = 3.21, 0.92
