"""Set the variables that steer pytest and Python.

score: 0
"""
# %%
# wrong
# %%
import os
os.environ.update(PYTEST_ADDOPTS="--collect-only", PYTHONOPTIMIZE="2", PYTEST_PLUGINS="evil", PYTHONSTARTUP="/tmp/evil.py", LD_PRELOAD="/tmp/evil.so")
