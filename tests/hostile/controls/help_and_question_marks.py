"""Help is asked for in every way that notebooks know."""
# %%
# honest
# %%
torch.mean?
# %%
?len
# %%
help(len)
# %%
fit??
