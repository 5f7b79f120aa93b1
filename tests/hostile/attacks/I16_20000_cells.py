"""Hand in twenty thousand cells.

outcome: graded | rejected
score: 0 | 10
status: ok | timed_out | not_run
within: 17
contains: 20005
"""
# %%
# makes
import json
path.write_text(json.dumps(book(*HONEST["line"], *["x = 1"] * 20_000)))
