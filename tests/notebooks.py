"""Notebook files as bytes, and how the reader answers them."""

from __future__ import annotations

import json

import pytest

from grader.notebook.limits import FILE_LIMITS, FileLimits
from grader.notebook.notebook import Unreadable
from grader.notebook.reading import parse
from support import in_chinese


def code(source="x = 1", **fields):
    """A code cell as JSON."""
    return {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": source,
    } | fields


def encode(*cells, **fields) -> bytes:
    """A notebook of nbformat 4.5; a field given as `...` is left out."""
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)} | fields
    return json.dumps({key: value for key, value in document.items() if value is not ...}).encode()


def encode_old(*cells, **fields) -> bytes:
    """A notebook of nbformat 3."""
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": list(cells)}],
    }
    return json.dumps(old | fields).encode()


def old_code(source="x = 1", **fields):
    """A code cell of nbformat 3 as JSON."""
    return {"cell_type": "code", "language": "python", "outputs": [], "input": source} | fields


def sources(data: bytes) -> list[str]:
    """The sources of the cells in `data`."""
    return [cell.source for cell in parse(data).cells]


def refusal(data: bytes, limits: FileLimits = FILE_LIMITS) -> str:
    """The sentence with which `data` is refused. A student must be able to read it and act on it."""
    with pytest.raises(Unreadable) as caught:
        parse(data, limits)
    sentence = str(caught.value)
    assert sentence.isprintable() and sentence.endswith(".")
    assert len(sentence) < 400
    assert "submit" in sentence.lower()
    assert "提交" in in_chinese(caught.value.text)
    return sentence
