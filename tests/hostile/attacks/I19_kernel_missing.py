"""Ask for no kernel, in a notebook without metadata.

score: 10
"""
# %%
# makes
import json
whole = book(*HONEST["line"])
del whole["metadata"]
for cell in whole["cells"]:
    del cell["metadata"], cell["outputs"], cell["execution_count"]
path.write_text(json.dumps(whole))
