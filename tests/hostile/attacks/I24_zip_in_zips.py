"""Hand in an archive of archives of archives, which would become two gigabytes.

outcome: rejected
score: 0
contains: This is not a notebook but a ZIP or Office file. Submit the .ipynb file itself.
"""
# %%
# makes
import io
import zipfile
content, name = bytes(8 << 20), "line.ipynb"
for _ in range(3):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(16 if name.endswith("zip") else 1):
            file.writestr(f"{number}/{name}", content)
    content, name = packed.getvalue(), "line.zip"
path.write_bytes(content)
