"""The files under --out: each is made only if what it is made from has changed since.

What every file was made from stands as a hash in `.made.json`, with the file's size. Without that file, which
may be deleted at any time, all files are made anew. A file that is gone or has another size is made again.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import grader
from grader import files

RECORD = ".made.json"
# What pages look like and say: a change there makes every page anew.
_LOOKS = ("reports", "language", "exchange", "model")


class Shelf:
    """The files below one folder, as they were made, and what they are made from now."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.made: dict[str, tuple[str, int]] = {}
        self._wanted: set[str] = set()
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
            held = json.loads((out / RECORD).read_text(encoding="utf-8"))
            self.made = {name: (str(sha256), int(size)) for name, (sha256, size) in held.items()}

    def is_current(self, name: str, inputs: str) -> bool:
        """Whether a file is there and was made from the same. It is kept in any case."""
        self._wanted.add(name)
        sha256, size = self.made.get(name, ("", -1))
        return sha256 == inputs and self._size(name) == size

    def write(self, name: str, inputs: str, make: Callable[[], Iterable[bytes]]) -> None:
        """Make a file from its parts, unless it is current."""
        if not self.is_current(name, inputs):
            self.begin([name])
            with files.writing(self.out / name) as file:
                for part in make():
                    file.write(part)
            self.note(name, inputs)

    def begin(self, names: Iterable[str]) -> None:
        """Say that these files are about to be made: until they are, nothing is known of them."""
        known = [name for name in names if self.made.pop(name, None)]
        if known:
            self._save()

    def note(self, name: str, inputs: str) -> None:
        """Say that a file was made."""
        self.made[name] = inputs, self._size(name)

    def clear(self, names: Iterable[str] = ()) -> None:
        """Remove files that were made earlier and are not wanted any more, and keep the record."""
        for name in set(self.made) - self._wanted - set(names):
            with contextlib.suppress(OSError):
                (self.out / name).unlink()
                (self.out / name).parent.rmdir()
            del self.made[name]
        self._save()

    def _save(self) -> None:
        files.write(self.out / RECORD, json.dumps(self.made, ensure_ascii=False))

    def _size(self, name: str) -> int:
        try:
            return (self.out / name).stat().st_size
        except OSError:
            return -1


def inputs_of(*parts: object) -> str:
    """The hash of what a file is made from, and of the code that makes it."""
    data = json.dumps([_code_sha256(), *parts], sort_keys=True, default=str)
    return hashlib.sha256(data.encode("utf-8", "backslashreplace")).hexdigest()


@functools.cache
def _code_sha256() -> str:
    whole = hashlib.sha256(grader.__version__.encode())
    for folder in _LOOKS:
        for path in sorted((Path(grader.__file__).parent / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                whole.update(path.read_bytes())
    return whole.hexdigest()
