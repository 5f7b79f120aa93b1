"""End with a result of a billion characters.

status: too_much_output | out_of_memory | timed_out
cell: 2
"""
# %%
# honest
# %%
"x" * 10**9
