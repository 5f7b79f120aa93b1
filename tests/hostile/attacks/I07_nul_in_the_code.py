"""Keep the character NUL in the code of one cell: that cell can't run, and the others can.

status: cell_error
score: 8 | 10
contains: SyntaxError
"""
# %%
# makes
import json
path.write_text(json.dumps(book(*HONEST["line"], "odd =\0 3")), encoding="ascii")
