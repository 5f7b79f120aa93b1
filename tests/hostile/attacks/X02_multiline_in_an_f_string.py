"""Keep an f-string beside the parameters that can't be written on one line.

score: 8 | 10
"""
# %%
# honest
# %%
true_w, lines = 3.0, f'''{"""
""".join(["a", "b"])}'''
