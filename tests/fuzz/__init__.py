"""Fuzzing of the two readers of what students made: `python -m fuzz` in `tests`. Not a usual test."""
