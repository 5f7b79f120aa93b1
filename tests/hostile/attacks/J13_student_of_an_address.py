"""Be called like an address that runs, with all that means something in one.

student: "javascript:alert(1)#?&%00;@"
contains: javascript:alert(1)#?&%00;@
"""
# %%
# honest
