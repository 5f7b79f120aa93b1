"""Send a stream message whose text is a number.

status: protocol
cell: 2
"""
# %%
# honest
# %%
k = get_ipython().kernel
k.session.send(k.iopub_socket, "stream", {"name": "stdout", "text": 5}, parent=k.get_parent("shell"))
