"""Use up the timers and signals that wait, of which a user has a number for all processes.

contains: made few
"""
# %%
# honest
# %%
import ctypes
libc = ctypes.CDLL(None)
made, timer = 0, ctypes.c_void_p()
while made < 20_000 and libc.timer_create(1, None, ctypes.byref(timer)) == 0:
    made += 1
print("made", "few" if 0 < made < 2000 else f"many: {made}")
