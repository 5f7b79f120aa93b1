"""Hand in an archive of a hundred thousand members.

outcome: rejected
score: 0
contains: This is not a notebook but a ZIP or Office file. Submit the .ipynb file itself.
"""
# %%
# makes
import zipfile
with zipfile.ZipFile(path, "w") as file:
    for number in range(100_000):
        file.writestr(zipfile.ZipInfo(str(number)), b"")
