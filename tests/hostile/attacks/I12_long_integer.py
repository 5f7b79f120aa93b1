"""Keep a number of five thousand digits in the metadata.

outcome: rejected
score: 0
contains: it contains a number of 5000 digits
"""
# %%
# makes
path.write_bytes(good.replace(b'"metadata": {', b'"metadata": {"seconds": ' + b"9" * 5000 + b", ", 1))
