"""Hand in many cells that put out nothing, which is never too much output.

within: 17
"""
# %%
# honest
# %%
# times 1250
x = 1
