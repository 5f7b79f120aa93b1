"""Print, display, return and raise what can't be written in UTF-8.

status: cell_error
score: 10
contains: after the halves
"""
# %%
# honest
# %%
import sys
from IPython.display import display
print("\ud800 and \udfff", file=sys.stderr)
display({"text/plain": "\ud800", "text/html": "\udfff"}, raw=True)
"\ud83d"
# %%
raise ValueError("\udcff")
# %%
print("after the " "halves")
