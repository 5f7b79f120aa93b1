"""Send a reply with nothing in it.

status: protocol
cell: 2
"""
# %%
# honest
# %%
k = get_ipython().kernel
k.session.send(k.shell_stream, "execute_reply", {}, parent=k.get_parent("shell"), ident=k._shell_parent_ident.get() if hasattr(k, "_shell_parent_ident") else k._parent_ident["shell"])
