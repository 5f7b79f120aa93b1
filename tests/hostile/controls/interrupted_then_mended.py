"""A loop is left by hand, and the kernel goes on."""
# %%
# honest
# %%
try:
    raise KeyboardInterrupt
except KeyboardInterrupt:
    print("stopped by hand")
