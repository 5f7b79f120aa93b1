"""Die only where the notebook is run on other data: that cell is left out there too.

"""
# %%
# honest
# %%
import os
if true_w < 0:
    os._exit(0)
