"""Open a comm that says it is an output widget, and have it capture what follows.

status: ok | protocol
contains: captured by nobody
"""
# %%
# honest
# %%
k = get_ipython().kernel
parent = k.get_parent("shell")
state = {"_model_name": "OutputModel", "_model_module": "@jupyter-widgets/output", "msg_id": parent["header"]["msg_id"], "outputs": []}
k.session.send(k.iopub_socket, "comm_open", {"comm_id": "x", "target_name": "jupyter.widget", "data": {"state": state}}, parent=parent)
k.session.send(k.iopub_socket, "comm_msg", {"comm_id": "x", "data": {"method": "update", "state": state}}, parent=parent)
print("captured by nobody")
