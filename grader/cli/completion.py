"""`grader completion`: a script that completes commands, options and paths. The one owner of shtab."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import shtab

from grader.cli.parser import parser


def run(options: argparse.Namespace) -> int:
    """Print the script for `options.shell`."""
    whole = parser()
    for action in _actions(whole):
        if action.type is Path:
            action.complete = shtab.FILE if action.metavar == "NOTEBOOK" else shtab.DIRECTORY  # type: ignore[attr-defined]
    print(shtab.complete(whole, options.shell))
    return 0


def _actions(command: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Every argument of a parser and of its commands."""
    for action in command._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                yield from _actions(each)
