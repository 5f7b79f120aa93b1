"""Hand in an honest notebook as it was written ten years ago, in version 3.

score: 10
"""
# %%
# makes
import json
cells = [{"cell_type": "heading", "level": 10**9, "source": "A line"}, {"cell_type": "html", "source": "<script>alert(1)</script>"}]
for source in HONEST["line"]:
    cells.append({"cell_type": "code", "language": "python", "collapsed": False, "input": source.splitlines(True), "outputs": []})
half = len(cells) // 2
sheets = [{"cells": cells[:half], "metadata": {}}, {"cells": cells[half:]}]
path.write_text(json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": sheets}))
