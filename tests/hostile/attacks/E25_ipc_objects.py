"""Keep data in System V shared memory and in message queues.

contains: refused refused refused
"""
# %%
# honest
# %%
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
rt = ctypes.CDLL("librt.so.1", use_errno=True)
print(*("refused" if result == -1 else "made" for result in (libc.shmget(0, 1 << 28, 0o1600), libc.msgget(0, 0o1600), rt.mq_open(b"/x", 0o102, 0o600, None))))
