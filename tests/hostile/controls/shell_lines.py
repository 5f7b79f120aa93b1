"""Shell lines list files and print variables."""
# %%
# honest
# %%
!ls
!echo {w} $HOME
files = !pwd
assert files
# %%
%%bash
echo from a cell
