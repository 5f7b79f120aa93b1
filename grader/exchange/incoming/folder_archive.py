"""A folder that somebody has unpacked, read like an archive."""

from __future__ import annotations

import os
from pathlib import Path

from grader.errors import UsageError
from grader.exchange.incoming.archive import MAX_DEPTH, Archive, Entry
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.file import is_trace
from grader.notebook.limits import FileLimits
from grader.notebook.notebook import Unreadable
from grader.notebook.opening import read_file


class FolderArchive(Archive):
    """A folder. No link in it is followed, and nothing but regular files is opened."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        # nbgrader's folder says by its name what is in it.
        prefix = "submitted/" if folder.resolve().name == "submitted" else ""
        try:
            self._look(str(folder), prefix, 0)
        except OSError as error:
            raise UsageError(f"{folder} can't be read ({error.strerror}); grant access to it") from None

    def _look(self, folder: str, prefix: str, depth: int) -> None:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
        for entry in entries:
            name = prefix + entry.name
            if is_trace(entry.name):
                continue
            if entry.is_symlink():
                self.refuse(name, _("It is a link, and links are not followed."))
            elif entry.is_dir(follow_symlinks=False):
                if depth < MAX_DEPTH:
                    self._look(entry.path, f"{name}/", depth + 1)
                else:
                    self.refuse(name, _("Its name can't be used."))
            elif not entry.is_file(follow_symlinks=False):
                self.refuse(name, _("It is neither a file nor a folder."))
            else:
                self._add(name, entry.stat(follow_symlinks=False).st_size, entry.path)

    def _content(self, entry: Entry, most: int) -> bytes:
        try:
            return read_file(str(entry.place), FileLimits(file_bytes=most))
        except OSError as error:
            raise Unreadable(Text.verbatim(error.strerror or type(error).__name__)) from None
