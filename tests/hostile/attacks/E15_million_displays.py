"""Display a million small things.

status: too_much_output | timed_out
cell: 2
"""
# %%
# honest
# %%
from IPython.display import display
for number in range(10**6):
    display(number)
