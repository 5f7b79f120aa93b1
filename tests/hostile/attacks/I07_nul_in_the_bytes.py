"""Keep a byte of zero in the file itself, which JSON does not allow.

outcome: rejected
score: 0
contains: This is not a notebook: the file is not JSON
"""
# %%
# makes
path.write_bytes(good.replace(b"true_w, true_b", b"# \0\\ntrue_w, true_b", 1))
