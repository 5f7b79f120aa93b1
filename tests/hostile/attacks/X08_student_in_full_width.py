"""Have a name that begins with the wide form of an equals sign, which some spreadsheets take for a formula as well.

student: "＝1+1"
contains: ＝1+1
"""
# %%
# honest
