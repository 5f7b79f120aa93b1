"""Imports what workers and rubrics need, once, in the process from which they are forked.

That process swallows an ImportError of this module, so children look for `READY`
(grader.engine.children.run_worker).
"""

# ruff: noqa: F401  (imported to be there, in this order)

import gc
import os
import sys

from grader.inside import compiler
from grader.sandbox.parent import end_with_parent

if sys.platform == "linux":
    # First of all: the imports below take seconds, and the command may be killed meanwhile.
    end_with_parent()
    if os.environ.get("GRADER_PARENT") not in (None, str(os.getppid())):
        os._exit(1)  # the command was killed just before

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
translation("zh")  # takes 10 ms, for which no session over its limits should have to wait
compiler.postpone()  # neither rubrics nor notebooks need torch's compiler
gc.freeze()  # collections would look at all of this, and pytest forces two for each submission
READY = True
