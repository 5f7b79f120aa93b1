"""Print what steers a terminal: colours, titles, links, a cleared screen.

contains: first red second link third shown
absent: \x1b
absent: \x07
absent: \x9b
absent: \x9d
"""
# %%
# honest
# %%
import sys
print("fi" "rst \x1b[31mred\x1b[0m sec" "ond \x1b]8;;http://1.1.1.1/\x07link\x1b]8;;\x07 th" "ird \x1b[8m\x1b[2Jshown\x1b[1A")
print("\x1b]0;title\x1b\\ \x1b]52;c;cm0gLXJmIC8=\x07 \x1bP1;1|x\x1b\\ \x1b_x\x1b\\ \x9b2J \x9d0;title\x9c", file=sys.stderr)
print("\x1bc \x1b#8 \x1b(0 \x0e \x05", file=sys.stderr)
print("\x1b" * 1000 + "[" * 1000, "\x1b[" + "1;" * 10_000 + "m", "\x1b]" + "x" * 10_000)
