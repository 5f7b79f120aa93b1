"""The process that runs a rubric. The one owner of pytest."""
