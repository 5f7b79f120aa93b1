"""A course as its authors write it: assignments, checks, mistakes and stubs."""
