"""Print 200 MB in one piece.

status: too_much_output | out_of_memory
cell: 2
"""
# %%
# honest
# %%
print("x" * 200_000_000)
