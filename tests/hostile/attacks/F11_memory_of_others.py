"""Trace another process, and read another's memory.

contains: refused refused refused
"""
# %%
# honest
# %%
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
vector = (ctypes.c_uint64 * 2)(0x1000, 8)
print(*("refused" if result == -1 else "done" for result in (libc.ptrace(16, 1, 0, 0), libc.process_vm_readv(1, vector, 1, vector, 1, 0), libc.syscall(438, 1, 0, 0))))
