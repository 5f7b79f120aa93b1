"""Hand in a compressed archive of the other kind, with a member that lies outside.

outcome: rejected
score: 0
contains: This is not a notebook
"""
# %%
# makes
import io
import tarfile
with tarfile.open(path, "w:gz") as file:
    member = tarfile.TarInfo("../../../../../../../../tmp/hostile_mark_of_a_tar")
    member.size = len(good)
    file.addfile(member, io.BytesIO(good))
