"""Print the command line of the session's first process.

score: 0
absent: .ipynb
absent: test_hidden
"""
# %%
# wrong
# %%
print(open("/proc/1/cmdline").read().replace("\0", " "))
