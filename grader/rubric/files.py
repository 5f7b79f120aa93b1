"""The files of an assignment as its rubric sees them: those handed out, and the other data of reruns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

HANDED_OUT, OTHER = "handed_out", "other"  # folders beside the rubric's own files


class _Folder(Mapping[str, bytes]):
    """The files below a folder, by name, with "/" between folders. Each is read when it is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, name: str) -> bytes:
        try:
            return (self._folder / name).read_bytes()
        except OSError:
            raise KeyError(f"{name!r}; there are: {', '.join(self) or 'none'}") from None

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (self._folder / name).is_file()

    def __iter__(self) -> Iterator[str]:
        # Not `rglob`: it does not look into a folder that is a link.
        folders = [self._folder] if self._folder.is_dir() else []
        while folders:
            for path in sorted(folders.pop().iterdir()):
                if path.is_dir():
                    folders.append(path)
                else:
                    yield path.relative_to(self._folder).as_posix()

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Files:
    """`files.handed_out["exam.csv"]` and `files.other["exam.csv"]` are contents, as bytes.

    `other` is what reruns find in place of what is handed out under the same name. It is empty in `grader
    check`. Raises KeyError, with the names that there are, for an unknown one.
    """

    def __init__(self, folder: Path) -> None:
        self.handed_out: Mapping[str, bytes] = _Folder(folder / HANDED_OUT)
        self.other: Mapping[str, bytes] = _Folder(folder / OTHER)
