r"""Be called something that a careless page runs.

student: "\"><img src=x onerror=1>"
contains: "><img src=x onerror=1>
"""
# %%
# honest
