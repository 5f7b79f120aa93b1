"""One submission: runs the notebook, serves the rubric, keeps the limits. The one owner of nbclient."""
