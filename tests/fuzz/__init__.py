"""Fuzzing of the two readers that meet what students made: `python -m fuzz` in the folder `tests`. No part of a usual test run."""
