"""Load extensions that are not there, or are none.

status: cell_error
cell: 2
contains: The os module is not an IPython extension.
"""
# %%
# honest
# %%
%load_ext ../../x
# %%
%load_ext os
