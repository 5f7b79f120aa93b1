r"""Have a name that a spreadsheet computes, after a carriage return.

student: "\r=1+1"
contains: \u000d=1+1
"""
# %%
# honest
