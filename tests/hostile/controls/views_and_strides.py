"""Answers are views of other tensors: transposed, expanded, strided."""
# %%
# honest
# %%
def predict(x):
    both = torch.stack([w * x + b, x], dim=1)
    return both[:, 0]


weights = torch.tensor([[w, b], [0.0, 0.0]]).T
w, b = weights[0, 0], weights[1, 0].expand(1)
