"""The sealed place that sessions are forked in, and what limits them from outside."""
