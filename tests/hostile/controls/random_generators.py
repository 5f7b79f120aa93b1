"""Generators are seeded again and have states of their own."""
# %%
# honest
# %%
import random
import numpy
random.seed(1)
numpy.random.seed(1)
torch.manual_seed(1)
generator = torch.Generator().manual_seed(7)
torch.rand(3, generator=generator)
numpy.random.default_rng(0).normal(size=3)
