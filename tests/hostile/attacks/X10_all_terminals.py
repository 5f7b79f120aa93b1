"""Open as many terminals as there are, of which the machine has one number for all.

contains: opened few
"""
# %%
# honest
# %%
import os
kept = []
try:
    while True:
        kept.append(os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY))
except OSError:
    pass
print("opened", "few" if 0 < len(kept) <= 64 else len(kept))
