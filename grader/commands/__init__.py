"""One module a command: each takes the parsed options and returns the exit code."""
