"""Answer with one number that says to be 4 TB.

score: 0
"""
# %%
# wrong
# %%
import numpy
import torch
w, b = torch.zeros(1).expand(2**40), numpy.broadcast_to(numpy.zeros(1), (2**40,))
predict = lambda x: torch.zeros(1).expand(2**40)
