r"""Have a name that leads upwards, where somebody takes an escape or another kind of stroke for a slash.

student: "J13..%2f..%2f..\\..\\⁄..∕..／.."
contains: J13..%2f..%2f..\\..\\⁄..∕..／..
"""
# %%
# honest
