"""The process that runs a rubric. The only code that runs pytest."""
