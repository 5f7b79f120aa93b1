"""Announce an answer of a billion gigabytes.

score: 0
"""
# %%
# wrong
# %%
import struct
import sys
wire = next(module for name, module in sys.modules.items() if name.endswith("inside.wire"))
wire.encode = lambda value, keep=None: struct.pack(">QI", 1 << 60, 0)
