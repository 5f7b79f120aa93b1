"""Newer words of the language are used."""
# %%
# honest
# %%
match (w, b):
    case (float(slope), float(offset)) if (total := slope + offset):
        print(f"{slope=:.3f} {offset=:.3f} {total!r}")
    case _:
        raise ValueError
