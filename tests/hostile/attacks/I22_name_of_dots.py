r"""Have a name that leads upwards, where somebody takes a backslash or an escape for a slash.

student: "I22..\\..\\..%2f..%2fstaff.."
contains: I22..\\..\\..%2f..%2fstaff..
"""
# %%
# honest
