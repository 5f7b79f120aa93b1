"""Answer with a little more than the tolerance allows.

score: 0
"""
# %%
# wrong
# %%
import math
w, b = 3.2100000000000004, 0.8
