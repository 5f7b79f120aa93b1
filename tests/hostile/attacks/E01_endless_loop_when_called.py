"""Compute without end whenever the rubric calls.

score: 4
"""
# %%
# honest
# %%
def predict(x):
    while True:
        pass


fit = predict
