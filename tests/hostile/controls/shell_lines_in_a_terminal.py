"""Shell lines, which IPython runs in a terminal of their own, one after another."""
# %%
!echo one
text = !echo two
# %%
# honest
# %%
for _ in range(25):
    !echo three
