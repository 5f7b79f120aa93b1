"""Replace the data by points on the line; the functions are right and are tried on other data.

score: 8
"""
# %%
# honest
# %%
x = torch.rand(200) * 4 - 2
y = 3 * x + 0.8
w, b = fit(x, y)
