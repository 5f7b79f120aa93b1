"""Look among the open descriptors for what belongs to neighbours: handles with which they could be killed, lines on which one could speak for them.

contains: of others: []
"""
# %%
# honest
# %%
import os
import time
found = set()
for _ in range(10):
    for number in os.listdir("/proc/self/fd"):
        try:
            link = os.readlink(f"/proc/self/fd/{number}")
        except OSError:
            continue
        if "pidfd" in link:
            found.add(link)
    time.sleep(0.05)
print("of others:", sorted(found))
