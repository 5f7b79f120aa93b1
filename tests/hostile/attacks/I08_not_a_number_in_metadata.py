"""Keep NaN and Infinity in the metadata, as Python writes them and JSON does not know them.

score: 10
"""
# %%
# makes
import json
whole = book(*HONEST["line"])
whole["metadata"]["seconds"] = [float("nan"), float("inf"), -float("inf")]
for cell in whole["cells"]:
    cell["metadata"]["seconds"] = cell["execution_count"] = float("nan")
path.write_text(json.dumps(whole))
