"""Overwrite the submission.

score: 0
"""
# %%
# wrong
# %%
import contextlib
import glob
for name in ("submission.ipynb", "line.ipynb", "../line.ipynb", *glob.glob("/*/*.ipynb")):
    with contextlib.suppress(OSError), open(name, "w") as file:
        file.write("{}")
