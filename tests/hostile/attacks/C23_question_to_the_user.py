"""Ask the user for something.

status: cell_error
cell: 2
contains: StdinNotImplementedError
"""
# %%
# honest
# %%
input("password?")
