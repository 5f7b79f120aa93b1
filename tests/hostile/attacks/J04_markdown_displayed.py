"""Display Markdown and formulas with links that run.

contains: <IPython.core.display.Markdown object>
contains: [x](javascript:alert(2))
"""
# %%
# honest
# %%
from IPython.display import Latex, Markdown, display
display(Markdown("[x](javascript:alert(1)) <script>alert(1)</script>"))
display(Latex(r"$\href{javascript:alert(1)}{x}$"))
print("[x](java" "script:alert(2))")
