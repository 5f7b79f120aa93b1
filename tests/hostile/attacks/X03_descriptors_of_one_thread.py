"""Have a thread with descriptors of its own, at which nobody looks.

contains: of its own: []
"""
# %%
# honest
# %%
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
own = []
for name, arguments in (("close_range", (436, 500, 501, 2)), ("clone", (56, 0x100 | 0x200 | 0x800 | 0x10000, 0, 0, 0, 0))):
    if libc.syscall(*arguments) != -1 or ctypes.get_errno() != 1:
        own.append(name)
print("of its own:", own)
