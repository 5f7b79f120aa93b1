"""Keep an object where the list of cells should be.

outcome: rejected
score: 0
contains: it has no list of cells
"""
# %%
# makes
import json
path.write_text(json.dumps(book() | {"cells": {}}))
