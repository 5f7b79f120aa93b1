"""Use the numbers of the x32 interface.

status: died | timed_out | cell_error
cell: 2
"""
# %%
# honest
# %%
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print(libc.syscall(0x40000000 + 272, 0x10000000))
raise OSError("survived, and was refused")
