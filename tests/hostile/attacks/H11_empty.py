"""Hand in nothing.

score: 0
"""
# %%
