"""Keep lists of lines in the list of a cell's lines.

outcome: rejected
score: 0
contains: The notebook is damaged: cell 1 of 5 has a source that is not text.
"""
# %%
# makes
import json
whole = book(*HONEST["line"])
whole["cells"][0]["source"] = [whole["cells"][0]["source"]]
path.write_text(json.dumps(whole))
