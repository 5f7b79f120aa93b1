"""Find every notebook that the session can see.

assignment: calm
score: 0
contains: notebooks: 0
"""
# %%
# wrong
# %%
lines = !find / -name '*.ipynb' -not -path '*/site-packages/*' 2>/dev/null
print("notebooks:", len(lines), lines[:5])
