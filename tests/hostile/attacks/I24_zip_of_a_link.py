"""Hand in an archive with a link in it, and a file that lies behind the link.

outcome: rejected
score: 0
contains: This is not a notebook but a ZIP or Office file. Submit the .ipynb file itself.
"""
# %%
# makes
import stat
import zipfile
with zipfile.ZipFile(path, "w") as file:
    link = zipfile.ZipInfo("out")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    file.writestr(link, "/tmp")
    file.writestr("out/hostile_mark_of_a_zip", good)
