"""The command's side of grading: hands out tasks, takes reports."""
