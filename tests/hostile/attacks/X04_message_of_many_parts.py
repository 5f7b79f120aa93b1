"""Send one message of 500 MB in parts that are each small enough.

status: too_much_output | out_of_memory
cell: 2
"""
# %%
# honest
# %%
k = get_ipython().kernel
part = bytes(900_000)
k.session.send(k.iopub_socket, "display_data", {"data": {"text/plain": "x"}, "metadata": {}}, parent=k.get_parent("shell"), buffers=[part] * 250)
import time
time.sleep(1)
