"""Keep halves of characters in texts, comments, tags and ids, as JSON can write them.

score: 10
contains: it holds 1
"""
# %%
# makes
import json
whole = book(*HONEST["line"], "odd = '\N{PILE OF POO}'\nprint('it holds', len(odd))")
for cell in whole["cells"]:
    cell["source"] = "".join(cell["source"]).replace("\N{PILE OF POO}", "\ud83d") + "\n# half of \udca9"
    cell["id"] += "\ud83d"
    cell["metadata"] = {"tags": ["\ud83d"], "\ud83d": "\ud83d"}
path.write_text(json.dumps(whole), encoding="ascii")
