"""Keep lists in lists in lists in the metadata, deeper than anything reads.

outcome: rejected
score: 0
contains: nested more than 100 levels deep
"""
# %%
# makes
path.write_bytes(good.replace(b'"metadata": {', b'"metadata": {"deep": ' + b"[" * 10**6 + b"]" * 10**6 + b", ", 1))
