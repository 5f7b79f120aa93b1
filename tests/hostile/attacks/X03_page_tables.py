"""Touch one byte in each of a hundred thousand pages that are far apart, so that tables of pages fill memory.

status: ok | out_of_memory | cell_error | died
"""
# %%
# honest
# %%
import mmap
kept = []
for _ in range(30):
    block = mmap.mmap(-1, 1 << 32, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)
    kept.append(block)
    for place in range(0, 1 << 32, 1 << 21):
        block[place] = 1
