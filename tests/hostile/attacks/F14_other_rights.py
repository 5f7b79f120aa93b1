"""Run programs that change who one is.

contains: user 1000
absent: uid=0
"""
# %%
# honest
# %%
import os
import subprocess
for program in (["su", "-c", "id"], ["sudo", "-n", "id"], ["mount"], ["newgrp"], ["passwd", "-S"], ["pkexec", "id"]):
    try:
        done = subprocess.run(program, capture_output=True, text=True, timeout=1, stdin=subprocess.DEVNULL)
        print(program, done.returncode, done.stdout[:200])
    except (OSError, subprocess.TimeoutExpired) as error:
        print(program, type(error).__name__)
for change in (os.setuid, os.setgid):
    try:
        change(0)
    except OSError as error:
        print(error)
print("user", os.getuid(), "root" if os.geteuid() == 0 else "")
