"""Fetch something with a shell line.

contains: it ended with
absent: <html
absent: it ended with 0
"""
# %%
# honest
# %%
!curl -s -m 2 http://1.1.1.1/ || wget -q -T 2 -t 1 -O - http://1.1.1.1/
print("it ended" " with", _exit_code)
