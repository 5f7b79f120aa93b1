"""Shut the kernel down from inside.

status: ok | died | timed_out | cell_error
"""
# %%
# honest
# %%
get_ipython().kernel.do_shutdown(True)
