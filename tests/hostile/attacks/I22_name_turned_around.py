r"""Have a name that is shown from right to left, and with parts that are not shown at all.

student: "I22-\u202egpj.\u2066\u200b\u00ad\ufeffx"
contains: I22-\u202egpj.\u2066\u200b\u00ad\ufeffx
"""
# %%
# honest
