"""Send a result that was never computed.

score: 0
"""
# %%
# wrong
# %%
k = get_ipython().kernel
k.session.send(k.iopub_socket, "execute_result", {"data": {"text/plain": "3.0"}, "metadata": {}, "execution_count": 1}, parent=k.get_parent("shell"))
