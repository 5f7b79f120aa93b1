"""Give zeros of the right shape.

assignment: net
score: 1
"""
# %%
import torch


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(4, 3)

    def forward(self, x):
        return torch.zeros(len(x), 3)
