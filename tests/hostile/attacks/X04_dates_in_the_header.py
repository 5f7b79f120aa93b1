"""Fill the header of a message with dates, each of which takes long to read.

status: too_much_output | protocol | ok
"""
# %%
# honest
# %%
k = get_ipython().kernel
header = k.session.msg_header("stream")
for _ in range(4):
    header["seen"] = ["2020-01-01T00:00:00.000001Z"] * 12_000 + [_]
    header["msg_id"] = str(_)
    message = k.session.msg("stream", {"name": "stdout", "text": "x"}, parent=k.get_parent("shell"), header=header)
    k.session.send(k.iopub_socket, message)
