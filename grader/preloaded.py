"""Imported once by the process from which workers are forked: all that a worker and a rubric need.

The forking process swallows an ImportError of this module, so workers look whether `READY` is here.
"""

# ruff: noqa: F401  (imported to be there)

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

import grader.grade
import grader.rubric
from grader.inside import compiler, pages
from grader.language import translation

nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])  # compiles the schema: 50 ms
IPython.core.inputtransformer2.TransformerManager().transform_cell("1")
translation("zh")  # 10 ms, which a session that is over its limits need not wait for
compiler.postpone()  # a rubric that trains needs it as little as a notebook does
pages.settle()
READY = True
