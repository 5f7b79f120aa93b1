"""Hand in the page that asked for a password in place of the notebook.

outcome: rejected
score: 0
contains: This is not a notebook but a web page. Submit the .ipynb file itself.
absent: alert
"""
# %%
# makes
path.write_bytes(b"\xef\xbb\xbf\r\n<!DOCTYPE html><html><script>alert(1)</script><form><input type=password>")
