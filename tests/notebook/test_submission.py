"""A submission gives its bytes when asked, and records carry its fingerprint."""

from __future__ import annotations

import hashlib

import pytest

from grader.language.catalogue import Text
from grader.notebook.limits import FileLimits
from grader.notebook.notebook import Unreadable
from grader.notebook.submission import Submission, fingerprint


def test_load_reads_the_file_within_the_limit(tmp_path):
    """A submission gives its bytes when asked, not before, and keeps the size limit."""
    path = tmp_path / "convnet.ipynb"
    submission = Submission("amy", "convnet", "amy", path)
    path.write_bytes(b"later\r\n")
    assert submission.load() == b"later\r\n"
    with pytest.raises(Unreadable, match="too large"):
        submission.load(FileLimits(file_bytes=3))


def test_load_raises_the_problem(tmp_path):
    """A submission without a notebook raises its problem."""
    problem = Text("There are two.", "有两个。")
    with pytest.raises(Unreadable) as caught:
        Submission("amy", "convnet", "amy", tmp_path, problem).load()
    assert caught.value.text == problem


def test_a_submission_is_a_value(tmp_path):
    """Equal submissions are one in a set."""
    assert len({Submission("amy", "convnet", "amy", tmp_path) for _ in range(2)}) == 1


def test_a_fingerprint_follows_the_content_or_the_reason():
    """The SHA-256 is that of the bytes, or of the sentence in their place, even an unwritable one."""
    assert fingerprint(b"") == hashlib.sha256(b"").hexdigest()
    assert (
        fingerprint(Unreadable(Text("It is a pipe.", "管道。")))
        == hashlib.sha256(b"It is a pipe.").hexdigest()
    )
    assert fingerprint(Unreadable(Text("\ud800", ""))) != fingerprint(Unreadable(Text("\ud801", "")))
