"""Print without end.

status: too_much_output | out_of_memory | timed_out
cell: 2
"""
# %%
# honest
# %%
while True:
    print("x" * 10_000)
