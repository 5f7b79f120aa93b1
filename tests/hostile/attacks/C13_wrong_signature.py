"""Send a message whose signature is wrong.

status: protocol
cell: 2
"""
# %%
# honest
# %%
k = get_ipython().kernel
k.iopub_thread.socket.send_multipart([b"a", b"<IDS|MSG>", b"bad", b"{}", b"{}", b"{}", b"{}"])
