"""Run a file of the host with a magic.

status: cell_error
cell: 2
absent: root:x
"""
# %%
# honest
# %%
%run /etc/passwd
