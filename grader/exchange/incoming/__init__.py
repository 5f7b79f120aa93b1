"""What comes in: downloads of learning management systems, rewritten as a folder of submissions."""
