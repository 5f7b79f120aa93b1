"""Print and display links to other pages of the output folder.

contains: <a href="../../staff/index.html">
contains: ![x](../../../etc/passwd)
"""
# %%
# honest
# %%
from IPython.display import HTML, FileLink, Image, display
print('<a href="../..' '/staff/index.html">', "![x](../../.." "/etc/passwd)")
display(HTML('<a href="../../staff/index.html"><img src="../../staff/index.html">'), Image(url="../../staff/index.html"))
display(FileLink("../../staff/index.html"))
