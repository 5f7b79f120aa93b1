"""What an attempt's row says of its bytes, and what it is read back as."""

from __future__ import annotations

import json

from grader.gradebook.attempts import Filed, HandedIn
from grader.gradebook.filing import beside_of, source_of, source_text, stored
from grader.language.catalogue import Text
from grader.model.file import Beside, File
from grader.model.report import SourceFile


def filed(handed_in: HandedIn | None) -> Filed:
    """The row of an attempt; of one whose bytes are not known without one."""
    values = (1, "amy", "linreg", "5ub", "", None, None, "")
    if handed_in is None:
        return Filed(*values, None, None, "", None)
    return Filed(*values, stored(handed_in), source_text(handed_in), "", None)


def test_there_and_back() -> None:
    """The record of files, the reason why there is no notebook, and the file that was taken."""
    beside, source = Beside(("data.csv",), (), "f11e5"), SourceFile("a.ipynb", ("b.ipynb",))
    row = filed(
        HandedIn("amy", "linreg", "5ub", b"{}", None, (File("data.csv", b"1"),), beside, source=source)
    )
    assert (beside_of(row), source_of(row)) == (beside, source)
    ((name, digest),) = json.loads(row.stored or "")["files"]
    assert name == "data.csv" and len(digest) == 64
    without = HandedIn("amy", "linreg", "5ub", None, Text("no notebook", "没有笔记本"))
    assert json.loads(stored(without))["problem"] == {"en": "no notebook", "zh": "没有笔记本"}


def test_what_is_not_known() -> None:
    """An attempt of an earlier version has neither."""
    assert beside_of(filed(None)) is source_of(filed(None)) is None
