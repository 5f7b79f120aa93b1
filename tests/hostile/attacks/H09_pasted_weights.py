"""Paste weights that were computed elsewhere.

score: 2
"""
# %%
# wrong
# %%
import base64
import struct
w, b = struct.unpack("<2d", base64.b64decode("AAAAAAAACECamZmZmZnpPw=="))
