"""Say that the accuracy is one.

assignment: net
score: 0
"""
# %%
# wrong
# %%
accuracy = 1.0
