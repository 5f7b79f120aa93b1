"""Read other sessions' directories and the gradebook.

contains: there: []
"""
# %%
# honest
# %%
import glob
import os
there = [place for place in ("/sockets", "/session/..", "/run") for name in (os.listdir(place) if os.access(place, os.R_OK) and place != "/session/.." else []) if name]
there += glob.glob("/**/gradebook.sqlite") + glob.glob("/*/results.jsonl") + glob.glob("/proc/1/cwd/../*/[!.]*.ipynb") + glob.glob("/tmp/*/s/*")
print("there:", there)
