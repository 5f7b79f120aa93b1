"""Install a package from files that the notebook has written itself: that changes nothing for anybody else.

status: ok | cell_error | timed_out
"""
# %%
# honest
# %%
import os
os.makedirs("own")
with open("own/setup.py", "w") as file:
    file.write("from setuptools import setup\nsetup(name='torch', version='99', py_modules=[])\nopen('/tmp/hostile_mark_of_pip', 'w')\n")
# %%
%pip install --no-index --no-build-isolation --break-system-packages --retries 0 ./own
