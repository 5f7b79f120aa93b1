"""Texts in English and Chinese, and strangers' text made harmless."""
