"""Answer with the right number as a Decimal and a Fraction.

score: 0
"""
# %%
# wrong
# %%
from decimal import Decimal
from fractions import Fraction
w, b = Decimal("3.0"), Fraction(4, 5)
