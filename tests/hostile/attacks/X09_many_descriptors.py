"""Open as many files as a process may, of which the whole machine has a number of its own.

contains: opened few
"""
# %%
# honest
# %%
kept = []
try:
    for _ in range(100_000):
        kept.append(open("/dev/null"))
except OSError:
    pass
count = len(kept)
kept.clear()
print("opened", "few" if count < 1000 else "many")
