"""Display a picture that is larger than a report takes, and not too much output: it is left out, and the cell has run.

assignment: calm
contains: [image/png left out]
"""
# %%
# honest
# %%
import os
import struct
import zlib
from IPython.display import Image, display


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


header = struct.pack(">IIBBBBB", 860, 860, 8, 2, 0, 0, 0)
pixels = zlib.compress(os.urandom(860 * (1 + 3 * 860)), 0)
display(Image(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b""), format="png"))
