"""Submitted files opened safely: only regular files, no links followed, no waiting, a bounded size."""

from __future__ import annotations

import errno
import os
import stat

from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.notebook.limits import FILE_LIMITS, FileLimits
from grader.notebook.notebook import Unreadable

# Windows lacks most of these flags; it has O_BINARY.
_SAFE_OPEN = sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_BINARY"))
# Errors that the submission causes. All others are the machine's.
_SUBMISSION_ERRORS = (
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EACCES,
    errno.EPERM,
    errno.ELOOP,
    errno.ENAMETOOLONG,
    errno.ENXIO,
)
_CHUNK = 1 << 20  # bytes


def read_file(path: str | os.PathLike[str], limits: FileLimits = FILE_LIMITS) -> bytes:
    """The bytes of a regular file of at most `limits.file_bytes`.

    Links, pipes, sockets, devices, folders and files that are too large are refused without being opened.
    Raises Unreadable if the file is at fault, OSError if the machine is.
    """
    try:
        status = os.lstat(path)
        _demand_regular(status.st_mode)
        limits.demand_size(status.st_size)
        # The file may be swapped between lstat and open. Therefore the flags follow no link and wait for no
        # pipe, the type is checked again, and the size is bounded while reading.
        flags = os.O_RDONLY | _SAFE_OPEN
        with open(path, "rb", buffering=0, opener=lambda name, _: os.open(name, flags)) as file:
            _demand_regular(os.fstat(file.fileno()).st_mode)
            content = bytearray()
            # The reported size may be wrong, and the file may grow.
            while chunk := file.read(min(limits.file_bytes + 1 - len(content), _CHUNK)):
                content += chunk
                limits.demand_size(len(content))
            return bytes(content)
    except ValueError:  # a NUL in the name
        raise Unreadable.save_again(_("The file's name can't be used.")) from None
    except OSError as error:
        if error.errno in _SUBMISSION_ERRORS:
            raise Unreadable(
                _("The file can't be opened ({why}). Submit the notebook again.", why=system_reason(error))
            ) from None
        raise


def _demand_regular(mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    kinds = (
        (stat.S_ISLNK, _("a link to a file, not the file itself")),
        (stat.S_ISDIR, _("a folder, not a file")),
        (stat.S_ISFIFO, _("a named pipe, not a file")),
        (stat.S_ISSOCK, _("a socket, not a file")),
    )
    what = next((what for is_kind, what in kinds if is_kind(mode)), _("a device, not a file"))
    raise Unreadable(_("You submitted {what}. Submit the notebook's .ipynb file.", what=what))


def system_reason(error: OSError) -> Text:
    """Why the operating system refused, in its own words. The usual reasons are translated."""
    translated = {
        errno.ENOENT: _("No such file or directory"),
        errno.ENOTDIR: _("Not a directory"),
        errno.EACCES: _("Permission denied"),
        errno.EPERM: _("Operation not permitted"),
        errno.ELOOP: _("Too many levels of symbolic links"),
        errno.ENAMETOOLONG: _("File name too long"),
        errno.ENXIO: _("No such device or address"),
    }
    english = error.strerror or type(error).__name__
    return Text(english, translated[error.errno].zh if error.errno in translated else english)
