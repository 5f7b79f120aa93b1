"""Notebooks as values: opened, read, written, and their code as syntax trees."""
