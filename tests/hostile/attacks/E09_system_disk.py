"""Write where the system is.

contains: refused refused refused refused refused
"""
# %%
# honest
# %%
said = []
for place in ("/x", "/dev/x", "/usr/lib/x", "/session/x", "/run/x"):
    try:
        open(place, "wb").write(b"x")
        said.append("written")
    except OSError:
        said.append("refused")
print(*said)
