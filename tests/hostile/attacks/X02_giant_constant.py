"""Keep a constant beside the parameters that Python can read and not write.

score: 8 | 10
"""
# %%
# honest
# %%
# becomes "true_w = 3.0; giant = 0x" + "f" * 5000
