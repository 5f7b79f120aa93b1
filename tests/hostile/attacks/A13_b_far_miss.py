"""Read from the feedback how far away the answer is: this one is far away and must be told the same as the near miss.

score: 0
like: A13_a_near_miss
"""
# %%
# wrong
# %%
w, b = 9.99, 0.80
