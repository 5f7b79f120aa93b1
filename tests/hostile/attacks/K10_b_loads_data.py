"""Load data with processes beside a neighbour who keeps as many descriptors in flight as a user may: all of it comes.

contains: came: 6000 of 6000
"""
# %%
# honest
# %%
import time
import torch
from torch.utils.data import DataLoader, TensorDataset
came = 0
for _ in range(6):
    came += sum(len(first) for first, in DataLoader(TensorDataset(torch.randn(1000, 8)), batch_size=50, num_workers=2))
    time.sleep(0.3)
print("came:", came, "of 6000")
