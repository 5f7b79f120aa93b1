"""Hand in an honest notebook with a byte order mark before it, as some editors write one.

score: 10
"""
# %%
# makes
path.write_bytes(b"\xef\xbb\xbf" + good)
