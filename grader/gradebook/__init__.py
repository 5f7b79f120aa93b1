"""The gradebook: every report of a class, kept as it comes. The one owner of the database."""
