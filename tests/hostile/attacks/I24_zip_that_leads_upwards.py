"""Hand in an archive whose member lies outside, and call it a notebook.

outcome: rejected
score: 0
contains: This is not a notebook but a ZIP or Office file. Submit the .ipynb file itself.
"""
# %%
# makes
import zipfile
with zipfile.ZipFile(path, "w") as file:
    file.writestr("../../x/line.ipynb", good)
    file.writestr("../../../../../../../../tmp/hostile_mark_of_a_zip", good)
