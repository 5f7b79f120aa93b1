"""Print the environment of the session's first process.

score: 0
absent: GRADER_
"""
# %%
# wrong
# %%
print(open("/proc/1/environ", "rb").read(), open("/proc/self/environ", "rb").read())
