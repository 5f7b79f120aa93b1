"""Keep a list of cells where a cell should be.

outcome: rejected
score: 0
contains: The notebook is damaged: cell 2 of 2 is a list, not a cell.
"""
# %%
# makes
import json
whole = book(*HONEST["line"])
path.write_text(json.dumps(whole | {"cells": [whole["cells"][0], whole["cells"][1:]]}))
