"""Hand one memory on from process to process, each of which ends at once, so that who counts comes too late.

contains: one memory: refused
"""
# %%
# honest
# %%
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
stack = ctypes.create_string_buffer(1 << 20)
told = libc.clone(ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(lambda _: 0), ctypes.c_void_p(ctypes.addressof(stack) + (1 << 20) - 64), 0x100 | 17, None)
print("one memory:", "refused" if told == -1 and ctypes.get_errno() == 1 else "shared")
