"""The command line: one file for each command; `main` parses and dispatches."""
