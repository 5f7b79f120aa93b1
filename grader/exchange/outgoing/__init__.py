"""What goes out: marks and reports in the formats of other systems."""
