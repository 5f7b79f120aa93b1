"""The parameters are gathered in a dictionary."""
# %%
# honest
# %%
config = {"w": true_w, "b": true_b, "n": n}
print(f"{config=}", f"{config['w']:.{2}f}")
