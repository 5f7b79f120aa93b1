"""Send frames that are no message of Jupyter's.

status: protocol
cell: 2
"""
# %%
# honest
# %%
k = get_ipython().kernel
for frames in ([b"x"], [b"", b""], [b"a", b"<IDS|MSG>"], [b"a", b"<IDS|MSG>", b"", b"\xff\xfe", b"[]", b"null", b"1"]):
    k.iopub_thread.socket.send_multipart(frames)
