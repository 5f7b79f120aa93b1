"""Hand in a link to a file of the grader's machine.

outcome: rejected
score: 0
contains: You submitted a link to a file, not the file itself.
absent: root:
"""
# %%
# makes
path.symlink_to("/etc/passwd")
