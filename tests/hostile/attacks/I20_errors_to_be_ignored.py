"""Tag a cell as one that may raise: the error is told all the same.

status: cell_error
score: 10
contains: ValueError: told
"""
# %%
# makes
import json
whole = book(*HONEST["line"], "raise ValueError('to' 'ld')")
for cell in whole["cells"]:
    cell["metadata"]["tags"] = ["raises-exception"]
whole["metadata"]["execution"] = {"allow_errors": True, "timeout": -1}
path.write_text(json.dumps(whole))
