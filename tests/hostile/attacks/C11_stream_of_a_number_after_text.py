"""Send a stream message whose text is a number after one whose text is text.

status: protocol
cell: 2
"""
# %%
# honest
# %%
k = get_ipython().kernel
for text in ("some", 5, ["more"], {"a": 1}, None):
    k.session.send(k.iopub_socket, "stream", {"name": "stdout", "text": text}, parent=k.get_parent("shell"))
