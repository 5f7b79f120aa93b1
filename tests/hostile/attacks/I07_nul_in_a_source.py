"""Keep the character NUL in texts and comments, as JSON can write it.

score: 10
contains: it holds 3
"""
# %%
# makes
import json
whole = book(*HONEST["line"], "odd = 'a\0b'\nprint('it holds', len(odd))")
for cell in whole["cells"]:
    cell["source"] += ["\n", "# \0 and more"]
path.write_text(json.dumps(whole), encoding="ascii")
