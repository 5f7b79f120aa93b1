"""Brings gradebooks of earlier versions to the current format, step by step. Run by Alembic."""
