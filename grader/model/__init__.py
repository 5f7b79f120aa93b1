"""Frozen values that everything else passes around: tasks, reports."""
