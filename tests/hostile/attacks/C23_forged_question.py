"""Send a request for input without being asked, and wait for the answer.

status: timed_out | cell_error | died
cell: 2
"""
# %%
# honest
# %%
k = get_ipython().kernel
k._allow_stdin = True
k._input_request("password?", k._parent_ident["shell"], k.get_parent("shell"), password=True)
