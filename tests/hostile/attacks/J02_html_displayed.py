"""Display HTML that runs, fetches and covers the page.

contains: <IPython.core.display.HTML object>
contains: ''>"><img src=x onerror=alert(2)>
"""
# %%
# honest
# %%
from IPython.display import HTML, IFrame, display
display(HTML("<script>alert(1)</script><img src=x onerror=alert(1)><style>body { display: none }</style>"))
display(HTML("<iframe srcdoc='<script>alert(1)</script>'></iframe><base href=//1.1.1.1/><meta http-equiv=refresh content=0>"))
display(HTML("<form action=//1.1.1.1/><input autofocus onfocus=alert(1)>"))
display(IFrame("javascript:alert(1)", 1000, 1000))
display({"text/html": "<script>alert(1)</script>", "text/plain": "''>\"><img src=x " "onerror=alert(2)>"}, raw=True)
