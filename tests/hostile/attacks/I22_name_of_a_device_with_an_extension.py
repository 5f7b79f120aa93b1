"""Be called like a device of Windows with an extension, and with a blank at the end.

student: "lpt1.x "
contains: lpt1.x
"""
# %%
# honest
