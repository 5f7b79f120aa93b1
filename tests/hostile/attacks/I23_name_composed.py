r"""Have the same name as somebody else, with an accent that is one character.

student: "Zo\u00eb"
contains: Zoë
"""
# %%
# honest
