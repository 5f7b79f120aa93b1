"""Proof that a course and a machine do what they should: validation, mutants, red team, doctor."""
