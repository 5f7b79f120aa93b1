"""Type a command into the terminal that the grader runs in.

contains: refused
"""
# %%
# honest
# %%
import fcntl
import os
import termios
for number in (0, 1, 2):
    try:
        fcntl.ioctl(number, termios.TIOCSTI, b"x")
        print("typed")
    except OSError:
        print("refused")
    try:
        os.write(number, b"HOSTILE-LOG\n")
    except OSError:
        pass
try:
    os.open("/dev/tty", os.O_RDWR)
    print("a terminal")
except OSError:
    pass
