"""Set the limit of computing time to what is used up already.

status: died
cell: 2
"""
# %%
# honest
# %%
import resource
resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
while True:
    pass
