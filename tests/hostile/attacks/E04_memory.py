"""Take all memory.

status: out_of_memory
cell: 2
"""
# %%
# honest
# %%
blocks = []
while True:
    blocks.append(bytearray(1 << 24))
