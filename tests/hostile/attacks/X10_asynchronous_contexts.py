"""Take all contexts for asynchronous input and output that the machine has.

contains: taken: 0
"""
# %%
# honest
# %%
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
taken = 0
for _ in range(20):
    context = ctypes.c_ulong(0)
    taken += libc.syscall(206, 1000, ctypes.byref(context)) == 0
print("taken:", taken)
