"""Open a comm with nothing in the message.

status: ok | protocol
"""
# %%
# honest
# %%
k = get_ipython().kernel
k.session.send(k.iopub_socket, "comm_open", {}, parent=k.get_parent("shell"))
