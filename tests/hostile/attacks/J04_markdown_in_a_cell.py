"""Write Markdown with scripts, links that run and an attachment: the page shows it letter by letter.

contains: [x](javascript:alert(1)) <script>alert(1)</script> <a href='javascript:alert(1)'>x</a> ![x](attachment:x.svg)
absent: data:
"""
# %%
# makes
import json
words = "[x](javascript:alert(1)) <script>alert(1)</script> <a href='javascript:alert(1)'>x</a> ![x](attachment:x.svg)"
whole = book(*HONEST["line"])
svg = {"image/svg+xml": "PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+", "text/html": "<script>alert(1)</script>"}
whole["cells"].insert(0, {"cell_type": "markdown", "id": "words", "metadata": {}, "source": words, "attachments": {"x.svg": svg}})
whole["cells"].append({"cell_type": "raw", "id": "raw", "metadata": {"format": "text/html", "raw_mimetype": "text/html"}, "source": words})
path.write_text(json.dumps(whole))
