"""Keep half a character in the file itself, in bytes that are not UTF-8.

outcome: rejected
score: 0
contains: is not UTF-8 text
contains: Save the notebook in Jupyter and submit the .ipynb file again.
"""
# %%
# makes
path.write_bytes(good.replace(b"true_w, true_b", b"# \xed\xa0\xbd\\ntrue_w, true_b", 1))
