"""Answer with a frame whose shapes do not fit the number of bytes.

score: 0
"""
# %%
# wrong
# %%
import struct
import sys
wire = next(module for name, module in sys.modules.items() if name.endswith("inside.wire"))


def encode(value, keep=None):
    header = b'["dict",[[["str","ok"],["tensor","float32",[1000000],4,false,["none"]]]]]'
    return struct.pack(">QI", 8 + len(header), len(header)) + header + b"\0\0\0\0"


wire.encode = encode
