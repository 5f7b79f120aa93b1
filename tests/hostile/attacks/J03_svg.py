"""Display and print pictures of SVG, which may hold scripts.

contains: <svg onload="alert(1)"><script>alert(1)</script></svg>
contains: <IPython.core.display.SVG object>
contains: [an image of 0 x 0 pixels left out]
"""
# %%
# honest
# %%
import base64
from IPython.display import SVG, display
svg = '<svg on' 'load="alert(1)"><script>alert(1)</script></svg>'
print(svg)
display(SVG(svg))
display({"image/svg+xml": svg, "text/plain": "first"}, raw=True)
display({"image/png": base64.b64encode(svg.encode()).decode(), "text/plain": "second"}, raw=True)
display({"image/svg+xml;base64,x\"><script>": svg, "text/plain": "third"}, raw=True)
