"""Keep null where a cell should be.

outcome: rejected
score: 0
contains: The notebook is damaged: cell 1 of 1 is null, not a cell.
"""
# %%
# makes
import json
path.write_text(json.dumps(book() | {"cells": [None]}))
