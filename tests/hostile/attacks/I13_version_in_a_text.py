"""Say the format's version as a text.

outcome: rejected
score: 0
contains: its format version is damaged (nbformat "4", nbformat_minor 5)
"""
# %%
# makes
path.write_bytes(good.replace(b'"nbformat": 4', b'"nbformat": "4"'))
