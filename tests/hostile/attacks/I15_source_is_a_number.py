"""Keep a number where a cell's source should be.

outcome: rejected
score: 0
contains: The notebook is damaged: cell 5 of 5 has a source that is not text.
"""
# %%
# makes
import json
whole = book(*HONEST["line"])
whole["cells"][4]["source"] = 5
path.write_text(json.dumps(whole))
