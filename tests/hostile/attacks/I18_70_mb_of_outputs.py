"""Hand in an honest notebook with 70 MB of outputs stored in it.

outcome: rejected
score: 0
contains: The file is too large: more than 20 MB, usually because of stored outputs.
contains: Clear all outputs
"""
# %%
# makes
import json
whole = book(*HONEST["line"])
whole["cells"][4]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["x" * 99 + "\n"] * 700_000}]
path.write_text(json.dumps(whole))
