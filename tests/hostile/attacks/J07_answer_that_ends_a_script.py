"""Answer a public check with a text that would end a script, which its message then quotes.

score: 6
contains: </script><script>alert(3)</script>
"""
# %%
# honest
# %%
w = "</scr" "ipt><script>alert(3)</script>"
b = -0.8
predict = lambda x: 3 * x + 0.8
