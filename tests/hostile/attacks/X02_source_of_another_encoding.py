"""Say that the cell is in an encoding that it is not in.

status: ok | cell_error
score: 8 | 10
"""
# %%
# honest
# %%
# -*- coding: utf-16 -*-
true_w = 3.0
# %%
# becomes "true_w = 3.0\x0c\x1a\u2028\u202e # \ufeff"
