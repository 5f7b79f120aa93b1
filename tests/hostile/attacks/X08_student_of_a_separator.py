"""Have a name in which a second cell begins where a spreadsheet takes semicolons for separators: that cell computes.

student: "Anna;=1+1;"
contains: Anna;=1+1;
"""
# %%
# honest
