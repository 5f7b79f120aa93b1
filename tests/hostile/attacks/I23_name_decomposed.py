r"""Have the same name as somebody else, with an accent that is a character of its own.

student: "Zoe\u0308"
contains: Zoë
"""
# %%
# honest
