"""Patch what values are written with.

score: 0
status: ok | protocol | timed_out | died | cell_error
"""
# %%
# wrong
# %%
import base64
import builtins
import json
import struct
json.dumps = lambda *_, **__: '["float","0x1.8p+1"]'
struct.pack = lambda *_: b"\0" * 8
base64.b64encode = lambda *_: b""
builtins.isinstance = lambda *_: True
builtins.type = lambda *_: float
