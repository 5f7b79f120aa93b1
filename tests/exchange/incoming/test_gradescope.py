"""Gradescope exports."""

from __future__ import annotations

import pytest

from downloads import Held
from grader.errors import UsageError
from grader.exchange.incoming.gradescope import METADATA, SYSTEM, metadata, parse

YAML = """---
submission_11:
  :submitters:
  - :name: Wei Zhang
    :sid: '2024001'
    :email: wei@example.edu
  :created_at: 2024-09-24 21:26:31.123456789 Z
  :score: 8.0
  :results:
    tests:
    - name: {a: [1, 2, {b: c}]}
      output: "x"
  :history: []
submission_12:
  :submitters:
  - :name: Amy
    :sid: ''
    :email: amy@example.edu
  - :name: Bo
    :sid: '2024003'
    :email: bo@example.edu
  :created_at: 2024-09-25 08:00:00.0 +08:00
"""


def test_metadata():
    """Submitters and times are read, and the rest is passed over."""
    found = metadata(YAML.encode())
    (wei,), when = found["submission_11"]
    assert (wei.name, wei.login, wei.email, when) == (
        "Wei Zhang",
        "2024001",
        "wei@example.edu",
        "2024-09-24T21:26:31+00:00",
    )
    students, when = found["submission_12"]
    assert [each.name for each in students] == ["Amy", "Bo"] and when == "2024-09-25T08:00:00+08:00"


def test_deliveries():
    """A group's submission is each member's."""
    files = {
        f"assignment_1_export/{METADATA}": YAML.encode(),
        "assignment_1_export/submission_11/double.ipynb": b"{}",
        "assignment_1_export/submission_12/double.ipynb": b"{}",
        "assignment_1_export/submission_12/data/x.csv": b"",
    }
    wei, group = SYSTEM.gather(Held(files), parse)
    assert len(wei.students) == 1 and len(group.students) == 2
    assert [name for name, _ in group.files] == ["double.ipynb", "data/x.csv"]


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x]\nsubmission_1: *a\n",
        "- a\n- b\n",
        "just text",
        "{a: [",
        "\x00",
        "? [a]\n: b\n",
        "a: &a [" + "x," * 100 + "]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nsubmission_1: {':submitters': *c}\n",
        "[" * 5000,
    ],
)
def test_what_is_no_metadata(text):
    """Anything else is an error, or says nothing of anybody. Aliases are never followed."""
    held = Held({METADATA: text.encode(), "submission_1/a.ipynb": b"{}"})
    try:
        (only,) = SYSTEM.gather(held, parse)
        assert only.students[0].login == "submission_1"
    except UsageError as error:
        assert "export it again" in str(error)


def test_without_metadata():
    """Without the file nobody knows whose submissions these are."""
    with pytest.raises(UsageError, match="says whose"):
        SYSTEM.gather(Held({"submission_1/a.ipynb": b"{}"}), parse)
