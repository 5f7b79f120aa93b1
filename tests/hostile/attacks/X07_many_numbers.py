"""Keep five million numbers in the metadata, in a file that takes four bytes for each character once it is read.

outcome: graded | rejected
score: 0 | 10
"""
# %%
# makes
numbers = b'"metadata": {"wide": "\xf0\x9f\xa6\x84", "seconds": [' + b"1.5," * 4_950_000 + b"1]"
path.write_bytes(good.replace(b'"metadata": {', numbers + b", ", 1))
