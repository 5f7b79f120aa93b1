"""Send messages of kinds that nobody knows, and updates of displays that never were.

status: ok | protocol
"""
# %%
# honest
# %%
k = get_ipython().kernel
for kind, content in (("banana", {"x": 1}), ("update_display_data", {"data": {"text/plain": "x"}, "metadata": {}, "transient": {"display_id": "never"}}),
                      ("clear_output", {"wait": True}), ("debug_event", {}), ("shutdown_reply", {"restart": True}), ("iopub_welcome", {})):
    k.session.send(k.iopub_socket, kind, content, parent=k.get_parent("shell"))
