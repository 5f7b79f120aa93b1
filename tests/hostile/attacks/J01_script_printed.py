"""Print a script.

contains: <script>alert(1)</script>
contains: </pre></main></body></html><script src=//1.1.1.1/x></script>
contains: <!-- <plaintext> ]]> &lt;b&gt; </textarea></style></title>
"""
# %%
# honest
# %%
import sys
print("<scr" "ipt>alert(1)</script>")
print("</pre></main></body></ht" "ml><script src=//1.1.1.1/x></script>")
print("<!-- <plain" "text> ]]> &lt;b&gt; </textarea></style></title>", file=sys.stderr)
