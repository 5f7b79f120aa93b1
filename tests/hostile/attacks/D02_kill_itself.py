"""Kill the own process with SIGKILL, which the first process of a namespace does not heed.

"""
# %%
# honest
# %%
import os
os.kill(os.getpid(), 9)
