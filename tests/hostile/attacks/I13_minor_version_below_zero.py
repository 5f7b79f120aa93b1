"""Say a minor version below zero.

outcome: rejected
score: 0
contains: its format version is damaged (nbformat 4, nbformat_minor -1)
"""
# %%
# makes
path.write_bytes(good.replace(b'"nbformat_minor": 5', b'"nbformat_minor": -1'))
