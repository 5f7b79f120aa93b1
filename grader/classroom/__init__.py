"""What is done with a whole class, without a terminal."""
