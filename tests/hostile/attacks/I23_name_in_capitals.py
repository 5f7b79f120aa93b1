r"""Have the same name as somebody else, in other letters.

student: "ZO\u00cb"
contains: ZOË
"""
# %%
# honest
