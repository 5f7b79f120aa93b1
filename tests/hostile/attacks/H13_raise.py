"""Raise at everything.

score: 0
status: cell_error
"""
# %%
def predict(*_):
    raise NotImplementedError


fit = predict
w = predict()
