"""Keep texts beside the parameters that can hardly be written.

score: 8 | 10
"""
# %%
# honest
# %%
true_w, odd, more = 3.0, "\ud800\0\x1b[2J", b"\xff\0"
