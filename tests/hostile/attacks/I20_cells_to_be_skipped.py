"""Tag all cells as ones to be skipped: they run.

score: 10
"""
# %%
# makes
import json
whole = book(*HONEST["line"])
for cell in whole["cells"]:
    cell["metadata"] = {"tags": ["skip-execution", "remove-cell", "hide-input"], "editable": False, "deletable": False}
path.write_text(json.dumps(whole))
