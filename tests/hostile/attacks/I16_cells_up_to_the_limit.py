"""Hand in as many cells as can be read at all, the honest ones first.

assignment: calm
"""
# %%
# honest
# %%
# times 1990
x = 1
