"""Open a hundred thousand comms.

status: too_much_output | timed_out
cell: 2
"""
# %%
# honest
# %%
k = get_ipython().kernel
parent = k.get_parent("shell")
for number in range(100_000):
    k.session.send(k.iopub_socket, "comm_open", {"comm_id": str(number), "target_name": "x", "data": {}}, parent=parent)
