"""Hang only where the notebook is run on other data, after all answers: that cell is left out there.

"""
# %%
# honest
# %%
while true_w < 0:
    pass
