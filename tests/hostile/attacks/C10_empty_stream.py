"""Send a stream message with nothing in it.

status: protocol
cell: 2
"""
# %%
# honest
# %%
k = get_ipython().kernel
k.session.send(k.iopub_socket, "stream", {}, parent=k.get_parent("shell"))
