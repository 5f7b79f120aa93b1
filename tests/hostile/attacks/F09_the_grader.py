"""Import the grader, and find its files and the rubric's.

score: 0
contains: found: []
"""
# %%
# wrong
# %%
import glob
import importlib.util
import sys
found = [name for name in ("grader.rubric", "grader.model", "grader.worker") if importlib.util.find_spec("grader") and importlib.util.find_spec(name)]
found += [path for base in sys.path for path in glob.glob(f"{base}/grader/*.py") + glob.glob(f"{base}/*test_hidden*")]
print("found:", found)
