"""Tell the runner that the cell went well, then raise: the answers count, and so does the error.

status: cell_error
cell: 2
"""
# %%
# honest
# %%
k = get_ipython().kernel
k.session.send(k.shell_stream, "execute_reply", {"status": "ok", "execution_count": 1, "user_expressions": {}, "payload": []}, parent=k.get_parent("shell"), ident=k._shell_parent_ident.get() if hasattr(k, "_shell_parent_ident") else k._parent_ident["shell"])
raise ValueError("after a forged reply")
