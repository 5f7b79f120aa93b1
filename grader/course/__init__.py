"""A course's files: assignments, checks, mistakes, stubs."""
