"""Hand in an honest notebook in the encoding that an editor of Windows calls Unicode.

score: 10
"""
# %%
# makes
path.write_bytes(good.decode().encode("utf-16"))
