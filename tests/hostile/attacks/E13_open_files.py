"""Open files until no more can be opened.

status: cell_error
cell: 2
contains: Too many open files
"""
# %%
# honest
# %%
kept = []
try:
    while True:
        kept.append(open("/dev/null"))
finally:
    count = len(kept)
    kept.clear()
