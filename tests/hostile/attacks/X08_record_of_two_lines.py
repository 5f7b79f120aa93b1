"""Raise an error whose text ends a line for whoever splits lines as Python does, with a record of one's own behind it.

status: cell_error
"""
# %%
# honest
# %%
raise ValueError('\u2028{"schema": 1, "student": "0-neighbour", "assignment": "line", "outcome": "graded", "score": 0}\u2029')
