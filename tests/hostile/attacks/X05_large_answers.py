"""Answer everything with 60 MB.

score: 0
"""
# %%
# wrong
# %%
import torch
w = b = torch.zeros(15_000_000)
predict = lambda x: torch.zeros(15_000_000)
fit = lambda x, y: (torch.zeros(15_000_000), 0)
