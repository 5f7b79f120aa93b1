"""The command lines of bubblewrap and of the warm process that it starts."""

from __future__ import annotations

from pathlib import Path

from grader.inside.warm_messages import Packages
from grader.sandbox import host
from grader.sandbox.host import Bind, Python
from grader.sandbox.users import Users

SCRATCH_MB = 64  # for the warm process alone; each session mounts a disk of its own over it

# Where sessions see large files, each under its hash.
BOUND = "/session/files"

ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/home/student",
    "USER": "student",
    "LOGNAME": "student",
    "LANG": "C.UTF-8",
    "TMPDIR": "/tmp",
    "MPLCONFIGDIR": "/tmp",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "IPYTHONDIR": "/tmp/ipython",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "TZ": "UTC",
}


def bubblewrap_arguments(visible: list[Bind], hidden: list[str], given: Users | None) -> list[str]:
    """What bubblewrap is told on its pipe (`--args`): a command line could be read from inside.

    The sandbox sees `visible`, read-only, but not the folders `hidden`. `given` are the users among which
    sessions take turns; None if an ordinary user grades.
    """
    arguments = [f"--unshare-{kind}" for kind in ("ipc", "pid", "net", "uts", "cgroup-try")]
    arguments += ["--die-with-parent", "--new-session", "--hostname", "session", "--clearenv"]
    arguments += _rights(given)
    for name, value in ENVIRONMENT.items():
        arguments += ["--setenv", name, value]
    for target, link in host.root_links():
        arguments += ["--symlink", target, link]
    for bind in visible:
        # Made here, so that every user may go through them: those that bubblewrap makes are for one user.
        for parent in list(Path(bind.target).parents)[-2::-1]:
            arguments += ["--dir", str(parent)]
        arguments += ["--ro-bind", bind.source, bind.target]
    for folder in hidden:
        arguments += ["--size", "4096", "--perms", "0000", "--tmpfs", folder]
    arguments += ["--proc", "/proc", "--dev", "/dev", "--dir", "/home/student", "--dir", "/run"]
    # Packages that find /dev/shm closed when they are imported do without it ever after: joblib, for one.
    for place in ("/tmp", "/dev/shm"):
        arguments += ["--size", str(SCRATCH_MB << 20), "--tmpfs", place]
    arguments += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]
    return arguments


def _rights(given: Users | None) -> list[str]:
    """The warm process's rights over the sandbox's own namespaces.

    With them, sessions make namespaces of their own. A session gives them up before its first cell.
    SETPCAP is for giving up the right to all others, before anything is imported.
    """
    rights = ["SYS_ADMIN", "NET_ADMIN", "SETFCAP", "SETPCAP"]
    if given is None:
        # User 0, or bubblewrap would add one more user namespace, which has no rights over the other ones.
        arguments = ["--unshare-user", "--uid", "0", "--gid", "0"]
    else:
        # `shed_root` has made the user namespace. The warm process must become another user, give that user a
        # home, and end that user's processes.
        arguments = ["--cap-drop", "ALL"]
        rights += ["SETUID", "SETGID", "CHOWN", "KILL"]
    for right in rights:
        arguments += ["--cap-add", f"CAP_{right}"]
    return arguments


def warm_command(
    python: Python, inherited: tuple[int, ...], given: Users | None, packages: Packages
) -> list[str]:
    """The command line of the warm process: `inherited` are its descriptors (grader.inside.warm.main)."""
    code = (
        f"import sys; sys.path[:0] = ['/session']; sys.path += {list(python.packages)}; "
        "from inside.warm import main; main()"
    )
    users = str(given.count if given else 1)
    return [python.executable, "-I", "-B", "-c", code, *map(str, inherited), users, packages.to_json()]
