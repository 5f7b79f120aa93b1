"""Lock a file that all sessions share, which another could notice.

contains: refused refused refused
"""
# %%
# honest
# %%
import fcntl
import sys
said = []
for attempt in (lambda file: fcntl.flock(file, fcntl.LOCK_SH), lambda file: fcntl.lockf(file, fcntl.LOCK_SH), lambda file: fcntl.fcntl(file, 1024, 0)):
    try:
        attempt(open(sys.executable, "rb"))
        said.append("locked")
    except OSError:
        said.append("refused")
print(*said)
