"""Look at what is open in the kernel's process.

score: 0
contains: only its own
"""
# %%
# wrong
# %%
import os
links = [os.readlink(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd") if os.path.lexists(f"/proc/self/fd/{number}")]
strange = [link for link in links if not link.startswith(("socket:", "pipe:", "anon_inode:", "/dev/null"))]
print(strange or "only its own")
