"""Set bits in a system call's argument that the kernel does not read, so that a filter which compares all of them lets it through.

contains: refused refused refused
"""
# %%
# honest
# %%
import ctypes
import struct
import sys
libc = ctypes.CDLL(None, use_errno=True)
file = open(sys.executable, "rb")
lock = ctypes.create_string_buffer(struct.pack("hhqqi4x", 0, 0, 7, 1, 0))
policy = ctypes.create_string_buffer(struct.pack("i", 0))
high = ctypes.c_long(6 | 1 << 32)
results = (
    libc.syscall(72, ctypes.c_long(file.fileno()), high, lock),
    libc.syscall(144, ctypes.c_long(0), ctypes.c_long(5 | 0x40000000), policy),
    libc.syscall(144, ctypes.c_long(0), ctypes.c_long(5 | 1 << 32), policy),
)
print(*("refused" if result == -1 else "done" for result in results))
