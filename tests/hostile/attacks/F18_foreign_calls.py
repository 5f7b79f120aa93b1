"""Use the numbers that another architecture has for refused calls.

status: died | timed_out
cell: 2
"""
# %%
# honest
# %%
import ctypes
import mmap
code = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(bytes.fromhex("b836010000" "bb00000010" "cd80" "c3"))  # mov eax, 310 (unshare); mov ebx, CLONE_NEWUSER; int 0x80; ret
ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
