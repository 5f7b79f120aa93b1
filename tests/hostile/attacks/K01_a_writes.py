"""Leave files wherever a neighbour could look for them, and stay for a while.

contains: 4 files written
"""
# %%
# honest
# %%
import os
import time
written = []
for place in ("/tmp", "/dev/shm", "/home/student", "/var/tmp", "/run", "/"):
    try:
        with open(f"{place}/hostile_letter", "w") as file:
            file.write("the answer is 3")
        written.append(place)
    except OSError:
        pass
print(len(written) + 1, "files " + "written")
time.sleep(1.5)
