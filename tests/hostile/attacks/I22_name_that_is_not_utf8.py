r"""Have a name of bytes that are not UTF-8.

student: "I22-\udcff\udcfe-\udcc3"
contains: I22-\xff\xfe-\xc3
"""
# %%
# honest
