"""Everything is imported from everywhere, with names that hide Python's own."""
# %%
# honest
# %%
from math import *
from torch import *
from numpy import *
import torch
