"""Leave something in the kernel's keyrings, which are no namespace's.

contains: refused refused refused
"""
# %%
# honest
# %%
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print(*("refused" if result == -1 else "done" for result in (libc.syscall(248, b"user", b"x", b"y", 1, -4), libc.syscall(250, 0, -4, 1), libc.syscall(249, b"user", b"x", 0, -4))))
