"""Values, tables of HTML and Markdown are displayed."""
# %%
# honest
# %%
from IPython.display import HTML, Markdown, clear_output, display
display(HTML("<b>bold</b>"), Markdown("*slanted*"), x[:3])
handle = display("first", display_id=True)
handle.update("second")
clear_output(wait=True)
w
