"""Set bits in a system call's argument that the kernel does not read, so that a filter which compares all of them lets it through.

contains: refused refused refused
"""
# %%
# honest
# %%
import ctypes
import fcntl
import os
import struct
libc = ctypes.CDLL(None, use_errno=True)
mine = os.open("mine", os.O_RDONLY | os.O_CREAT)
policy = ctypes.create_string_buffer(struct.pack("i", 0))
lease = ctypes.c_long(1024 | 1 << 32)
results = (
    libc.syscall(72, ctypes.c_long(mine), lease, ctypes.c_long(fcntl.F_RDLCK)),
    libc.syscall(144, ctypes.c_long(0), ctypes.c_long(5 | 0x40000000), policy),
    libc.syscall(144, ctypes.c_long(0), ctypes.c_long(5 | 1 << 32), policy),
)
print(*("refused" if result == -1 else "done" for result in results))
