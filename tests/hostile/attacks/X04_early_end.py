"""Have the cell end for the runner while it goes on and on.

status: ok | timed_out
score: 0
"""
# %%
# wrong
# %%
import time
k = get_ipython().kernel
parent, ident = k.get_parent("shell"), k._shell_parent_ident.get() if hasattr(k, "_shell_parent_ident") else k._parent_ident["shell"]
k.session.send(k.shell_stream, "execute_reply", {"status": "ok", "execution_count": 1, "user_expressions": {}, "payload": []}, parent=parent, ident=ident)
k.session.send(k.iopub_socket, "status", {"execution_state": "idle"}, parent=parent)
time.sleep(1e9)
