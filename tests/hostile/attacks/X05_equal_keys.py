"""Answer with a dictionary whose keys all have the same hash.

score: 0
"""
# %%
# wrong
# %%
predict = lambda x: {number * (2**61 - 1): number for number in range(1900)}
w = {number * (2**61 - 1) for number in range(1900)}
