"""Have Python parse what is nested a million levels deep.

status: died | cell_error
cell: 2
"""
# %%
# honest
# %%
for source in ("(" * 10**6, "-" * 10**6 + "1", "[" * 10**5 + "]" * 10**5, "+".join(["1"] * 10**5), "a" + ".a" * 10**5):
    try:
        exec(source)
    except (SyntaxError, MemoryError, RecursionError, NameError) as error:
        print(type(error).__name__)
raise ValueError("survived")
