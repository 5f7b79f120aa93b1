"""All batches that two worker processes load are kept in a list: more tensors than a process may have files."""
# %%
# honest
# %%
import torch
from torch.utils.data import DataLoader, TensorDataset
batches = list(DataLoader(TensorDataset(torch.randn(3000, 2), torch.randn(3000)), batch_size=10, num_workers=2))
assert len(batches) == 300 and sum(len(first) for first, _ in batches) == 3000
