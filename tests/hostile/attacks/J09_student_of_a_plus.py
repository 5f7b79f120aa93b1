"""Have a name that a spreadsheet computes, with a plus.

student: "+1+cmd|' C calc'!A0"
contains: +1+cmd|' C calc'!A0
"""
# %%
# honest
