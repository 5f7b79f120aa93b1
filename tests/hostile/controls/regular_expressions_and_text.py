"""Text is searched, formatted and encoded."""
# %%
# honest
# %%
import base64
import re
import textwrap
text = "the line y = 3.0 x + 0.8"
print(textwrap.fill(text, 10), re.findall(r"\d\.\d", text), base64.b64encode(text.encode()), text.encode("utf-16"))
