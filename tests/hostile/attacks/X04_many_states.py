"""Say a million times that the kernel is busy.

status: too_much_output | timed_out
cell: 2
"""
# %%
# honest
# %%
k = get_ipython().kernel
parent = k.get_parent("shell")
for _ in range(10**6):
    k.session.send(k.iopub_socket, "status", {"execution_state": "busy"}, parent=parent)
