"""Read what the system tells about networks.

contains: interfaces: ['lo']
"""
# %%
# honest
# %%
import os
print("interfaces:", sorted(line.split(":")[0].strip() for line in open("/proc/net/dev").readlines()[2:]))
print("sys:", os.listdir("/sys") if os.path.exists("/sys") else [])
print("unix:", [line.split()[-1] for line in open("/proc/net/unix") if "/" in line])
