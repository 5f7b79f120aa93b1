"""The answers are tensors of one element, in different shapes."""
# %%
# honest
# %%
original = fit
fit = lambda x, y: (torch.tensor([original(x, y)[0]]), torch.tensor(original(x, y)[1]))
w, b = fit(x, y)
w = torch.nn.Parameter(w)
