"""Make another namespace, mount, and change the root.

contains: refused refused refused refused refused refused
"""
# %%
# honest
# %%
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print(*("refused" if result == -1 else "done" for result in (
    libc.unshare(0x10000000), libc.mount(b"none", b"/tmp", b"tmpfs", 0, None), libc.syscall(155, b"/tmp", b"/tmp"), libc.chroot(b"/tmp"),
    libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0), libc.syscall(435, 0, 0))))
