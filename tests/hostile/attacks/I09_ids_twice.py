"""Give all cells the same id.

score: 10
"""
# %%
# makes
import json
whole = book(*HONEST["line"])
for cell in whole["cells"]:
    cell["id"] = "cell-3"
path.write_text(json.dumps(whole))
