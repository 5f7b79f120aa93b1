r"""Call a file and one beside it something that a careless page runs: both pages name them.

score: 10
contains: This file was graded: line<img src=x onerror=1>.ipynb.
contains: Not graded: line </script><script>alert(1)<\u200b.ipynb.
"""
# %%
# makes
path.with_name("line<img src=x onerror=1>.ipynb").write_bytes(good)
folder = path.with_name("line <")
folder.mkdir()
(folder / "script><script>alert(1)<\u200b.ipynb").write_bytes(b"{}")
