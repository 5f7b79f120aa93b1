"""Answers are numbers without dimensions, some of them results of the Python interpreter's own."""
# %%
# honest
# %%
from fractions import Fraction
w, b = float(Fraction(w).limit_denominator(10**6)), torch.tensor(b)
