"""A bar of progress is drawn with carriage returns."""
# %%
# honest
# %%
import sys
import time
for number in range(100):
    sys.stdout.write(f"\r{number:3d}% [{'#' * (number // 5):20}]")
    sys.stdout.flush()
    time.sleep(0.001)
print()
