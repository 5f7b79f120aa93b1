"""Times are measured and dates are printed."""
# %%
# honest
# %%
import datetime
import time
begun = time.time()
time.sleep(0.05)
print(datetime.datetime.now(), time.time() - begun, time.strftime("%A"))
