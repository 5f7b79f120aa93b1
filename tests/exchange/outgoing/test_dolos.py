"""A ZIP file for Dolos."""

from __future__ import annotations

import csv
import io
import zipfile

from downloads import REJECTED, told
from grader.exchange.outgoing.dolos import dolos
from grader.model.roster import Student


def test_files():
    """Each submission's code is a file, and a table says whose it is; what has no code is left out."""
    content = dolos([told(), REJECTED], {"amy": "amy", "bo": "bo"}, {"amy": Student("amy", "Amy Lee")})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert (
            archive.namelist() == ["double/amy.py", "info.csv"] and archive.read("double/amy.py") == b"x = 1"
        )
        (row,) = csv.DictReader(io.StringIO(archive.read("info.csv").decode()))
    assert (row["filename"], row["full_name"], row["label"]) == ("double/amy.py", "Amy Lee", "double")
    assert content == dolos([told()], {"amy": "amy"}, {"amy": Student("amy", "Amy Lee")})
