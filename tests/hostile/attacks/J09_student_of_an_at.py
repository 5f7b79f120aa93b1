"""Have a name that a spreadsheet computes, with an at sign.

student: "@SUM(1+1)*cmd|' C calc'!A0"
contains: @SUM(1+1)*cmd|' C calc'!A0
"""
# %%
# honest
