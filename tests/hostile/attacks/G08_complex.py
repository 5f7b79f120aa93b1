"""Answer with the right number as a complex one.

score: 0
"""
# %%
# wrong
# %%
w, b = 3 + 0j, 0.8 + 0j
