"""Give a cell a type that there is not.

outcome: rejected
score: 0
contains: The notebook is damaged: cell 1 of 5 has the type "<script>alert(1)</script>".
"""
# %%
# makes
import json
whole = book(*HONEST["line"])
whole["cells"][0]["cell_type"] = "<script>alert(1)</script>"
path.write_text(json.dumps(whole))
