r"""Be called something of two lines, the second of which looks like a log's.

student: "I22\n::error::the end\r\n0-neighbour line 10 of 10"
contains: I22\u000a::error::
"""
# %%
# honest
