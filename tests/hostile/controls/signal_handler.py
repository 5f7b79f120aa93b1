"""A signal handler is set and an alarm rings, once, in its own cell."""
# %%
# honest
# %%
import signal
import time
rung = []
signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
signal.setitimer(signal.ITIMER_REAL, 0.05)
time.sleep(0.2)
assert rung
