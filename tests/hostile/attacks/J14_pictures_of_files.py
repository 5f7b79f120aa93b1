"""Show pictures that are files of the grader's machine, in every way that a notebook knows.

contains: ![](file:///etc/passwd)
absent: root:
"""
# %%
# honest
# %%
from IPython.display import HTML, Image, Markdown, display
print("![](file:///e" "tc/passwd)")
display(Markdown("![](file:///etc/passwd)"), HTML("<img src='file:///etc/passwd'>"), Image(url="file:///etc/passwd"))
