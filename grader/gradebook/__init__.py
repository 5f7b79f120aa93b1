"""The gradebook: what was handed in, every report, and what people set by hand. The one owner of SQLAlchemy.

It stores facts alone. What counts for a student is computed from them (grader.classroom).
"""
