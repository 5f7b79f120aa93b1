"""Data is loaded by two worker processes."""
# %%
# honest
# %%
from torch.utils.data import DataLoader, TensorDataset
seen = sum(len(first) for first, _ in DataLoader(TensorDataset(x, y), batch_size=32, num_workers=2))
assert seen == n
