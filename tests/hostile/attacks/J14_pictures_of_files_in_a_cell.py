"""Show a picture that is a file of the grader's machine in a cell of Markdown: nothing reads it, and its words stand there.

contains: ![](file:///etc/passwd)
absent: root:
"""
# %%
# makes
import json
whole = book(*HONEST["line"])
shown = ("![](file:///etc/passwd)", "<img src='/etc/passwd'>", "![x](attachment:../../../etc/passwd)", ".. include:: /etc/passwd")
for number, words in enumerate(shown):
    cell = {"cell_type": "markdown", "id": f"words-{number}", "metadata": {}, "source": words}
    whole["cells"].insert(0, cell | {"attachments": {"../../../etc/passwd": {"image/png": "/etc/passwd"}}})
path.write_text(json.dumps(whole))
