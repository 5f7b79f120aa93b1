"""Answer everything with random numbers of the right shape.

score: 0
"""
# %%
import torch
w, b = torch.rand(2)
predict = torch.rand_like
fit = lambda x, y: tuple(torch.rand(2).tolist())
