"""Answer with a tensor that has a shape and no data.

score: 0
"""
# %%
# wrong
# %%
import torch
w = torch.empty(2**40, device="meta")
predict = lambda x: torch.empty(2**40, device="meta")
