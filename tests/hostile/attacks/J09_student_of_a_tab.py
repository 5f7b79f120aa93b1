r"""Have a name that a spreadsheet computes, after a tab.

student: "\t=1+1"
contains: \u0009=1+1
"""
# %%
# honest
