r"""Have a name that a spreadsheet computes, with an equals sign.

student: "=HYPERLINK(\"http:1.1.1.1\",\"x\")"
contains: =HYPERLINK("http:1.1.1.1","x")
"""
# %%
# honest
