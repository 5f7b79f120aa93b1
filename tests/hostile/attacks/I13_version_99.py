"""Say that the notebook has a format that is not invented yet.

outcome: rejected
score: 0
contains: nbformat 99, is newer than this grader can read
"""
# %%
# makes
path.write_bytes(good.replace(b'"nbformat": 4', b'"nbformat": 99'))
