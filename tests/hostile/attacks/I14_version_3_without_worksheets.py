"""Say that a notebook is of version 3, and keep its cells as version 4 does.

outcome: rejected
score: 0
contains: it has no worksheets, as its version should
"""
# %%
# makes
path.write_bytes(good.replace(b'"nbformat": 4', b'"nbformat": 3'))
