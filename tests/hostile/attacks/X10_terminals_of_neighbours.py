"""Look for terminals that a neighbour has opened, and write to them.

contains: terminals: []
"""
# %%
# honest
# %%
import os
import time
seen = set()
for _ in range(10):
    seen |= {name for name in os.listdir("/dev/pts") if name.isdigit()}
    time.sleep(0.05)
print("terminals:", sorted(seen))
