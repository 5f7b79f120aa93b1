"""Give no cell an id, or ids that are none.

score: 10
"""
# %%
# makes
import json
whole = book(*HONEST["line"])
for cell, odd in zip(whole["cells"], (None, 5, "", ["a"], "../x")):
    cell["id"] = odd
del whole["cells"][0]["id"]
path.write_text(json.dumps(whole))
