"""Answer with a frame of a type that does not exist, then of one that would build objects.

score: 0
"""
# %%
# wrong
# %%
import itertools
import struct
import sys
wire = next(module for name, module in sys.modules.items() if name.endswith("inside.wire"))
kinds = itertools.cycle([b"float33", b"object", b"O", b"V8", b"__class__"])


def encode(value, keep=None):
    header = b'["dict",[[["str","ok"],["array","' + next(kinds) + b'",[1],8,false]]]]'
    return struct.pack(">QI", 12 + len(header), len(header)) + header + b"\0" * 8


wire.encode = encode
