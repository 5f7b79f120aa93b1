"""Texts in English and Chinese, and text from strangers made harmless."""
