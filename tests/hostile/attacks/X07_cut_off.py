"""Hand in the first half of a notebook, as an upload leaves it that broke off.

outcome: rejected
score: 0
contains: This is not a whole notebook: the file is cut off at its end.
contains: Save the notebook in Jupyter and submit the .ipynb file again.
"""
# %%
# makes
path.write_bytes(good[:len(good) // 2])
