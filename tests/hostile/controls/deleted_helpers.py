"""Helper names are deleted once they have served."""
# %%
# honest
# %%
helper = [number for number in range(10)]
loss = ((predict(x) - y) ** 2).mean()
del helper, loss
