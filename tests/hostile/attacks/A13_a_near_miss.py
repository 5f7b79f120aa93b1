"""Read from the feedback how far away the answer is: this one is a near miss.

score: 0
"""
# %%
# wrong
# %%
w, b = 3.22, 0.80
