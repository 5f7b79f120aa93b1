"""Keep tags that are no list of texts.

score: 10
"""
# %%
# makes
import json
whole = book(*HONEST["line"])
for cell, odd in zip(whole["cells"], ("parameters", {"a": 1}, [None, 5, ["parameters"], "<b>"], 5, ["parameters"] * 10_000)):
    cell["metadata"] = {"tags": odd}
whole["cells"][3]["metadata"] = []
path.write_text(json.dumps(whole))
