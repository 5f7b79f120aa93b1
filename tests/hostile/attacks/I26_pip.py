"""Install a package with a magic of pip, which there is no network for.

status: ok | cell_error | timed_out
absent: Successfully installed
"""
# %%
# honest
# %%
%pip install six==1.0
