"""Use up the instances that wait for changed files, of which a user has 128.

contains: instances: 0
"""
# %%
# honest
# %%
import ctypes
libc = ctypes.CDLL(None)
print("instances:", sum(libc.inotify_init1(0) >= 0 for _ in range(256)))
