"""Use up the pages for pipes with few pipes: make each as large as it may be.

contains: larger: 0
"""
# %%
# honest
# %%
import fcntl, os
kept, larger = [], 0
for _ in range(70):
    kept.append(os.pipe())
    try:
        fcntl.fcntl(kept[-1][1], 1031, 1 << 20)
        larger += 1
    except OSError:
        pass
print("larger:", larger)
