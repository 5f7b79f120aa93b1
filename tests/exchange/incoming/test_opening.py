"""Downloads of whatever kind are opened."""

from __future__ import annotations

import pytest

from downloads import tarred, written, zipped
from grader.errors import UsageError
from grader.exchange.incoming.opening import open_archive

FILES = {"amy/a.ipynb": b"{}", "amy/data.csv": b"1,2\n"}


def paths(path) -> list[str]:
    with open_archive(path) as opened:
        return [entry.path for entry in opened.entries]


def test_every_kind(tmp_path):
    """A ZIP file, tar files and a folder hold the same entries, whatever the file is called."""
    for name, content in (("a.zip", zipped(FILES)), ("b", tarred(FILES)), ("c.tar", tarred(FILES, "w"))):
        assert paths(written(tmp_path / name, content)) == list(FILES)
    for name, content in FILES.items():
        written(tmp_path / "folder" / name, content)
    with open_archive(tmp_path / "folder") as opened:
        assert [entry.path for entry in opened.entries] == list(FILES)
        assert [opened.read(entry) for entry in opened.entries] == list(FILES.values())


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "neither"), (b"Rar!\x1a\x07", "unpack it"), (None, "no file")]
)
def test_what_is_no_archive(tmp_path, content, words):
    """Anything else is refused with what to do."""
    path = tmp_path / "a.rar"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=words), open_archive(path):
        pass
