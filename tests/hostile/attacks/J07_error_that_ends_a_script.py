"""Raise errors whose names, texts and notes would end a script.

status: cell_error
score: 10
contains: ValueError: </script><script>alert(1)</script>
contains: <img src=x onerror=1>: x
"""
# %%
# honest
# %%
raise ValueError("</scr" "ipt><script>alert(1)</script>")
# %%
raise type("<img src" "=x onerror=1>", (Exception,), {"__module__": "</script>"})("x")
# %%
error = KeyError("</script>", b"<!--", "\n</pre>")
error.add_note("</details></section><script>alert(1)</script>")
raise error
# %%
exec(compile("raise ValueError", "</script><script>alert(1)</script>", "exec"))
