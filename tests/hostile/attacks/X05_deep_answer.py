"""Answer with lists in lists in lists.

score: 0
"""
# %%
# wrong
# %%
import struct
import sys
wire = next(module for name, module in sys.modules.items() if name.endswith("inside.wire"))
deep = b'["list",[' * 100_000 + b"]]" * 100_000
wide = b'["list",[' + b",".join([b'["list",[]]'] * 300_000) + b"]]"
answers = [deep, wide]


def encode(value, keep=None):
    header = b'["dict",[[["str","ok"],' + answers[0] + b"]]]"
    answers.reverse()
    return struct.pack(">QI", 4 + len(header), len(header)) + header


wire.encode = encode
