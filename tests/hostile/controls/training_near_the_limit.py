"""A cell computes for nine tenths of what it may."""
# %%
# honest
# %%
import time
begun = time.process_time()
while time.process_time() - begun < 18:
    sum(number * number for number in range(10_000))
