"""Print the request that the cell came with.

score: 0
absent: /tmp/
"""
# %%
# wrong
# %%
print(get_ipython().kernel.get_parent("shell"))
