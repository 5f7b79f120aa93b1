"""Display 100 MB of HTML.

status: too_much_output | out_of_memory
cell: 2
"""
# %%
# honest
# %%
from IPython.display import HTML, display
display(HTML("x" * 10**8))
