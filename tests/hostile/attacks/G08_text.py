"""Answer with the right number as text.

score: 0
"""
# %%
# wrong
# %%
w, b = "3.0", "0.8"
predict = lambda x: "3.0"
