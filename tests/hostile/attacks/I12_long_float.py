"""Keep numbers of a million digits and exponents beyond all reason in the metadata: they are dropped with it.

score: 10
"""
# %%
# makes
odd = b"[0." + b"1" * 10**6 + b"e-" + b"9" * 10**6 + b", " + b"0" + b".0e" + b"9" * 1000 + b"]"
path.write_bytes(good.replace(b'"execution_count": null', b'"execution_count": ' + odd, 1))
