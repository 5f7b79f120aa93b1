r"""Call files something that a careless page runs: where two differ, the student is told their names.

outcome: rejected
score: 0
contains: There are 2 notebooks for line:
contains: line/"><img src=x onerror=1>.ipynb
contains: line/<script>alert(1)<\u200b.ipynb
"""
# %%
# makes
folder = path.with_suffix("")
folder.mkdir()
import json
whole = json.loads(good)
for name in ('"><img src=x onerror=1>', "<script>alert(1)<\u200b"):
    whole["cells"].append({"cell_type": "code", "source": f"x = {len(name)}", "outputs": [], "metadata": {}})
    (folder / f"{name}.ipynb").write_text(json.dumps(whole))
