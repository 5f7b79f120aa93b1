"""Open files until no more can be opened, and keep them open while the rubric asks.

status: ok | timed_out
"""
# %%
# honest
# %%
kept = []
try:
    while True:
        kept.append(open("/dev/null"))
except OSError:
    print("many")
