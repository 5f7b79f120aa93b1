"""Hide from those who look into processes, and take all memory.

status: out_of_memory
cell: 2
"""
# %%
# honest
# %%
import ctypes
ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE
blocks = []
while True:
    blocks.append(bytearray(b"x") * (1 << 24))
