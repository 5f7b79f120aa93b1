"""Send SIGKILL to everything that has a number.

"""
# %%
# honest
# %%
import contextlib
import os
for number in (1, -1, *range(2, 3000)):
    with contextlib.suppress(OSError):
        os.kill(number, 9)
with contextlib.suppress(OSError):
    os.killpg(0, 9)
