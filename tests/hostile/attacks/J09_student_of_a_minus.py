"""Have a name that a spreadsheet computes, with a minus.

student: "-2+3+cmd|' C calc'!A0"
contains: -2+3+cmd|' C calc'!A0
"""
# %%
# honest
