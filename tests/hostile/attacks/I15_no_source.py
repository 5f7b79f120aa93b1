"""Leave a cell's source out.

outcome: rejected
score: 0
contains: The notebook is damaged: cell 3 of 5 has no source.
"""
# %%
# makes
import json
whole = book(*HONEST["line"])
del whole["cells"][2]["source"]
path.write_text(json.dumps(whole))
