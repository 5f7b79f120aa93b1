"""Answer with a sparse tensor of astronomic shape.

score: 0
"""
# %%
# wrong
# %%
import torch
w = torch.sparse_coo_tensor(torch.tensor([[0]]), torch.tensor([3.0]), (2**40,))
predict = lambda x: w
