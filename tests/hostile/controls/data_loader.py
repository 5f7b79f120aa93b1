"""Data is loaded in batches, in the process itself."""
# %%
# honest
# %%
from torch.utils.data import DataLoader, TensorDataset
seen = sum(len(first) for first, _ in DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True))
assert seen == n
