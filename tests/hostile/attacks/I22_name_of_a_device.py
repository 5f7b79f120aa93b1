"""Be called like a device of Windows.

student: "CON"
contains: CON
"""
# %%
# honest
