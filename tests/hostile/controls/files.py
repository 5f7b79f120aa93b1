"""Files and folders are written and read, in the working directory and in temporary ones."""
# %%
# honest
# %%
import json
import os
import tempfile
from pathlib import Path
Path("data").mkdir(exist_ok=True)
Path("data/x.json").write_text(json.dumps(x.tolist()), encoding="utf-8")
assert len(json.loads(Path("data/x.json").read_text())) == n
with tempfile.TemporaryDirectory() as folder:
    torch.save({"w": w, "b": b}, os.path.join(folder, "weights.pt"))
    weights = torch.load(os.path.join(folder, "weights.pt"))
w, b = weights["w"], weights["b"]
with tempfile.NamedTemporaryFile("w+") as file:
    file.write("x")
