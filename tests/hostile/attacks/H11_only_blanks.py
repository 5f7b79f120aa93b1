"""Hand in blank lines.

score: 0
"""
# %%
# becomes "\n  \n\t\n"
