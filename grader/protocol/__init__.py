"""The messages between processes, and how open files are handed from one to another."""
