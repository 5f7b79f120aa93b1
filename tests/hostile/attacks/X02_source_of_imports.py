"""Hand in thousands of imports and thousands of names that hang on them: each of one is compared with each of the other.

status: cell_error
score: 9 | 10
"""
# %%
# honest
# %%
# becomes "raise ValueError\n" + "".join(f"import a{n} as b{n}\n" for n in range(15000)) + "".join(f"c{n}.d{n}()\n" for n in range(15000))
