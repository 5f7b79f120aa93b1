"""Display a picture of 10 MB.

status: too_much_output
cell: 2
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


header = struct.pack(">IIBBBBB", 1800, 1800, 8, 2, 0, 0, 0)
pixels = zlib.compress(os.urandom(1800 * (1 + 3 * 1800)), 0)
display(Image(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b""), format="png"))
