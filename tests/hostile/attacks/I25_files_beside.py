"""Put a pipe, a device's link, links to the host, 10 GB of nothing and thousands of files beside a notebook.

contains: (larger than 16 MB)
contains: (too many files)
contains: (a link or a device, not a file)
absent: root:x:0
"""
# %%
# makes
import json
import os

folder = path.parent
cell = "# torch IPython inside grader sitecustomize conftest\nimport os\nfor name in sorted(os.listdir()):\n    print(name, open(name).read(100))"
path.write_text(json.dumps(book(*HONEST["line"], cell)))
for number in range(10_000):
    (folder / f"{number}.txt").write_bytes(b"")
os.mkfifo(folder / "0-pipe")
for name, target in (("0-link", "/etc/passwd"), ("0-folder", "/etc"), ("0-zero", "/dev/zero"), ("0-loop", ".")):
    (folder / name).symlink_to(target)
for name in (b"0-two\nlines", b"0-not-\xff-utf8", b"0-\x1b[2J"):
    (folder / os.fsdecode(name)).write_bytes(b"x")
with open(folder / "0-sparse", "wb") as file:
    file.truncate(10 << 30)
# Called like modules that a session needs. The cell's comment names them, so that they come along.
for name in ("grader", "inside", "torch", "IPython", "sitecustomize", "conftest"):
    (folder / f"{name}.py").write_text("import os\nos._exit(1)")
