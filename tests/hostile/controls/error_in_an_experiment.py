"""A cell of one's own raises; what was asked for stands in others.

status: cell_error
"""
# %%
# honest
# %%
x @ torch.randn(3, 3)
