"""Lists, arrays and tensors stand where a tuple was meant."""
# %%
# honest
# %%
original = fit
fit = lambda x, y: torch.tensor(original(x, y))
w, b = fit(x, y)
