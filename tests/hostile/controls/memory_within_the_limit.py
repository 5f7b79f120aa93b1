"""Three hundred megabytes are used and given back."""
# %%
# honest
# %%
block = torch.ones(75_000_000)
print(block.sum())
del block
