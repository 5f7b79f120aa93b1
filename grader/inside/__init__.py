"""The only code that runs beside student code.

Everything here can be read and replaced by a student, so nothing here decides anything. It imports
nothing else of this package.
"""
