"""Lay files beside the notebook whose names steer a terminal: whoever grades is told that they are skipped.

score: 10
"""
# %%
# makes
path.write_bytes(good)
for name in ("\x1b]0;title\x07\x1b[2J.txt", "line\n::error::x.ipynb", "\u202egpj.ipynb", "[bold red]x.py", "%s{0}.ipynb", "-rf"):
    (path.parent / name).write_text("x")
