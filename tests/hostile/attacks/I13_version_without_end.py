"""Say a version that is larger than any number.

outcome: rejected
score: 0
contains: its format version is damaged (nbformat Infinity, nbformat_minor 5)
"""
# %%
# makes
path.write_bytes(good.replace(b'"nbformat": 4', b'"nbformat": 1e400'))
