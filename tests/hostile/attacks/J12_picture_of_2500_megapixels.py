"""Display a whole and valid picture of 50,000 by 50,000 pixels, which takes 300 kB as a file and gigabytes where it is shown.

contains: [an image of 50000 x 50000 pixels left out]
"""
# %%
# honest
# %%
import struct
import zlib
from IPython.display import Image, display


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


side, rows = 50_000, 1000
line = 1 + side // 8
deflate = zlib.compressobj(9, wbits=-15)
thousand = deflate.compress(bytes(rows * line)) + deflate.flush(zlib.Z_FULL_FLUSH)
pixels = b"\x78\xda" + thousand * (side // rows) + b"\x03\x00" + struct.pack(">HH", side * line % 65521, 1)
header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
display(Image(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b""), format="png"))
