"""Imported once by the process from which workers are forked: all that a worker and a rubric need.

The forking process swallows an ImportError of this module, so workers look whether `READY` is here.
"""

# ruff: noqa: F401  (imported to be there, in this order)

import os
import signal
import sys

from grader.inside import compiler, pages, seal

if sys.platform == "linux":
    # What follows takes seconds, in which nobody would notice that the command was killed.
    seal.prctl(seal.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.environ.get("GRADER_PARENT") not in (None, str(os.getppid())):
        os._exit(1)  # it was killed just before

import _pytest.assertion.rewrite
import _pytest.python
import _pytest.skipping
import _pytest.tmpdir
import IPython.core.inputtransformer2
import nbclient.client
import nbformat.v4
import numpy
import pytest
import torch
import zmq.asyncio

import grader.rubric.process
import grader.worker.recipe
from grader.language.catalogue import translation

nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])  # compiles the schema: 50 ms
IPython.core.inputtransformer2.TransformerManager().transform_cell("1")
translation("zh")  # 10 ms, which a session that is over its limits need not wait for
compiler.postpone()  # a rubric that trains needs it as little as a notebook does
pages.settle()
READY = True
