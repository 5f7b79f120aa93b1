"""Say that the loss is zero.

score: 0
"""
# %%
# wrong
# %%
loss = 0.0
losses = [1.0, 0.5, 0.0]
