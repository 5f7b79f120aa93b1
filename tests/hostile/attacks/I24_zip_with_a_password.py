"""Hand in an archive that is said to be encrypted.

outcome: rejected
score: 0
contains: This is not a notebook but a ZIP or Office file. Submit the .ipynb file itself.
"""
# %%
# makes
import zipfile
with zipfile.ZipFile(path, "w") as file:
    file.writestr("line.ipynb", good)
content = bytearray(path.read_bytes())
content[6] |= 1  # of the first member's header
content[content.index(b"PK\x01\x02") + 8] |= 1
path.write_bytes(content)
