"""Stop the kernel's event loop.

status: died | timed_out | ok
"""
# %%
# honest
# %%
get_ipython().kernel.io_loop.stop()
