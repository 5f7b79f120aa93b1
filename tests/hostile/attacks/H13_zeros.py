"""Answer everything with zeros of the right shape.

score: 0
"""
# %%
import torch
w = b = torch.zeros(())
predict = lambda x: x * 0
fit = lambda x, y: (0.0, 0.0)
