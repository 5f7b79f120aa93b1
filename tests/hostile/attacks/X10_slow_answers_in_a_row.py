"""Answer each of many questions of one check after nine tenths of a second: no call is over its limit, and none is taken for a part of the one before.

assignment: calm
score: 10
"""
# %%
# honest
# %%
import time
own = predict
def predict(x):
    time.sleep(0.9)
    return own(x)
