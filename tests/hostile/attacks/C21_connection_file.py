"""Rewrite and delete the connection file.

"""
# %%
# honest
# %%
import contextlib
import os
from ipykernel.connect import get_connection_file
with contextlib.suppress(Exception):
    with open(get_connection_file(), "w") as file:
        file.write("{}")
    os.unlink(get_connection_file())
