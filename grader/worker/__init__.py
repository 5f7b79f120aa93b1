"""One submission: runs the notebook, serves the rubric, enforces the limits.

The only code that drives nbclient.
"""
