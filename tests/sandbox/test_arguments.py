"""What bubblewrap and the warm process are told."""

from __future__ import annotations

import sys
from itertools import pairwise

import pytest

from grader.inside.warm_messages import Packages
from grader.sandbox.arguments import ENVIRONMENT, bubblewrap_arguments, warm_command
from grader.sandbox.host import Bind, Python
from grader.sandbox.users import Users

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap is Linux's")
USERS = Users(100_000, 4096)


def values(arguments: list[str], option: str) -> list[str]:
    return [value for name, value in pairwise(arguments) if name == option]


@pytest.mark.parametrize("given", [None, USERS], ids=["an ordinary user", "root"])
def test_a_sandbox_has_nothing_of_the_host(given: Users | None) -> None:
    """It has namespaces and an environment of its own, ends with its parent, and its root is read-only."""
    arguments = bubblewrap_arguments([], [], given)
    assert {"--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"} <= set(arguments)
    assert {"--die-with-parent", "--new-session", "--clearenv"} <= set(arguments)
    assert values(arguments, "--setenv") == list(ENVIRONMENT) and "/" in values(arguments, "--remount-ro")
    assert "--bind" not in arguments


def test_rights_are_for_namespaces_alone() -> None:
    """An ordinary user's sandbox is user 0 of a namespace. Root's may also become other users."""
    ordinary, root = bubblewrap_arguments([], [], None), bubblewrap_arguments([], [], USERS)
    common = ["CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_SETFCAP", "CAP_SETPCAP"]
    assert values(ordinary, "--cap-add") == common and "--unshare-user" in ordinary
    assert values(root, "--cap-add") == [*common, "CAP_SETUID", "CAP_SETGID", "CAP_CHOWN", "CAP_KILL"]
    assert values(root, "--cap-drop") == ["ALL"] and "--unshare-user" not in root


def test_binds_are_read_only_and_hidden_folders_empty() -> None:
    """The folders above a bind are made for every user. A hidden folder is covered after all binds."""
    arguments = bubblewrap_arguments([Bind("/a", "/x/y/z")], ["/x/y/z/grader"], None)
    assert " --dir /x --dir /x/y --ro-bind /a /x/y/z " in " ".join(arguments)
    assert " --perms 0000 --tmpfs /x/y/z/grader " in " ".join(arguments)
    assert arguments.index("/a") < arguments.index("/x/y/z/grader")


@pytest.mark.parametrize(("given", "count"), [(None, "1"), (USERS, "4096")])
def test_the_warm_process_is_isolated(given: Users | None, count: str) -> None:
    """Python ignores the environment and the user's packages, and knows its descriptors and users."""
    packages = Packages(("pandas",), ("google.colab",))
    command = warm_command(
        Python((), "/usr/bin/python3", ("/session/packages/0",)), (5, 6, 7), given, packages
    )
    assert command[:3] == ["/usr/bin/python3", "-I", "-B"] and command[-5:-1] == ["5", "6", "7", count]
    assert Packages.from_json(command[-1]) == packages
    assert "/session/packages/0" in command[4]
