"""Notebooks as values: reading, writing, and their code as a syntax tree."""
