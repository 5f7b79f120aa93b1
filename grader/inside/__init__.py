"""The only code that runs alongside student code.

A student can read and replace everything here, so nothing here decides anything. It imports nothing else of
this package.
"""
