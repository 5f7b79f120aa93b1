"""Reserve far more addresses than memory, and touch little of them.

status: ok | cell_error
"""
# %%
# honest
# %%
import mmap
kept = []
for _ in range(200):
    kept.append(mmap.mmap(-1, 1 << 27, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    kept[-1][0] = 1
