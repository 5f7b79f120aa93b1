"""ZIP files that do not depend on the clock."""

from __future__ import annotations

import io
import zipfile

from grader.exchange.outgoing.reproducible_zip import add


def test_the_same_bytes():
    """The same files make the same bytes, and programs can be run."""
    made = []
    for _ in range(2):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            add(archive, "a.txt", b"a")
            add(archive, "run", b"b", is_program=True)
        made.append(content.getvalue())
    assert made[0] == made[1]
    with zipfile.ZipFile(io.BytesIO(made[0])) as archive:
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
    assert modes == {"a.txt": 0o644, "run": 0o755}
