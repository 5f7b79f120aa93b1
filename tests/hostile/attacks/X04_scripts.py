"""Print, raise and display what a browser would run.

status: cell_error
score: 0
"""
# %%
# wrong
# %%
print("</pre><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}{% raw %}\x1b]8;;http://x\x07\x1b[2J\u202e")
raise ValueError("</script><script>alert(1)</script>")
