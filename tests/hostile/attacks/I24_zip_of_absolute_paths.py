"""Hand in an archive whose members name places of the grader's machine.

outcome: rejected
score: 0
contains: This is not a notebook but a ZIP or Office file. Submit the .ipynb file itself.
"""
# %%
# makes
import zipfile
with zipfile.ZipFile(path, "w") as file:
    for name in ("/tmp/hostile_mark_of_a_zip", "C:\\hostile_mark_of_a_zip", "/etc/hostile_mark_of_a_zip"):
        file.writestr(name, good)
