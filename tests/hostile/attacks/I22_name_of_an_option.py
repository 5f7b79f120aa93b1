"""Be called like an option of the command.

student: "--help"
contains: --help
"""
# %%
# honest
