"""Stop the thread that sends what is printed: the cell never seems to end.

status: timed_out | protocol | too_much_output
cell: 2
"""
# %%
# honest
# %%
get_ipython().kernel.iopub_thread.stop()
