"""List the processes that can be seen.

contains: seen: ['1']
"""
# %%
# honest
# %%
import os
print("seen:", [name for name in os.listdir("/proc") if name.isdigit()])
