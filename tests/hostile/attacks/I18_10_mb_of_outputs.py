"""Hand in an honest notebook with 10 MB of outputs stored in it: they cost nothing.

score: 10
"""
# %%
# makes
import json
whole = book(*HONEST["line"])
whole["cells"][4]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["x" * 99 + "\n"] * 100_000}]
path.write_text(json.dumps(whole))
