"""What the command line accepts, its help texts, and docs/commands.md, which describes it."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest

from grader.cli.main import MODULES
from grader.cli.parser import parser
from support import ROOT

PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")
HELP = ("-h", "--help")


def commands() -> dict[str, argparse.ArgumentParser]:
    (action,) = (each for each in parser()._actions if isinstance(each, argparse._SubParsersAction))
    return dict(action.choices)


def options_of(command: argparse.ArgumentParser) -> set[str]:
    return {option for action in command._actions for option in action.option_strings}


def examples() -> list[str]:
    return [
        line.strip()
        for command in commands().values()
        for line in (command.epilog or "").splitlines()
        if line.startswith("  ")
    ]


def section(heading: str) -> str:
    """The text of the page below a heading of the second level."""
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def options_in_tables(text: str) -> set[str]:
    """The options in the first column of a section's tables."""
    return {
        option
        for line in text.splitlines()
        if line.startswith("| `-")
        for option in OPTION.findall(line.split(" | ")[0])
    }


def test_every_command_has_a_module() -> None:
    """What can be parsed can be run, and nothing else."""
    assert set(commands()) == set(MODULES)
    assert all((ROOT / f"{module.replace('.', '/')}.py").is_file() for module in MODULES.values())


@pytest.mark.parametrize("name", MODULES)
def test_help_is_in_one_style(name: str) -> None:
    """A command's description is one sentence; an option's starts with a capital and has no full stop."""
    command = commands()[name]
    description = command.description or ""
    assert re.fullmatch(r"[A-Z][^.]+\.", description) and len(description) < 80
    for action in command._actions:
        assert re.fullmatch(r"[A-Z].*[^.]", action.help or ""), action
    assert (command.epilog or "").startswith("Examples:\n  ") and 1 <= len(
        (command.epilog or "").splitlines()[1:]
    ) <= 3


@pytest.mark.parametrize("name", ["", *MODULES])
def test_help_fits_a_terminal_of_80_columns(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line of a help text is wider than 80 columns, apart from a long example."""
    monkeypatch.setenv("COLUMNS", "80")
    text = commands()[name].format_help() if name else parser().format_help()
    assert [line for line in text.splitlines() if len(line) > 80 and not line.startswith("  grader ")] == []


@pytest.mark.parametrize("example", examples())
def test_examples_are_commands_of_this_repository(example: str) -> None:
    """Each example parses, and the files and assignments that it names exist."""
    (command,) = re.findall(r"grader [^|>)]+", example)
    found = parser().parse_args(shlex.split(command)[1:])
    paths = [getattr(found, name) for name in ("submissions", "notebook") if hasattr(found, name)]
    paths += [ROOT / "assignments" / task for task in getattr(found, "tasks", [])]
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_an_example_reaches_every_command() -> None:
    """No command is without an example that starts it."""
    assert {re.findall(r"grader (\w+)", example)[0] for example in examples()} == set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_the_page_describes_every_option(name: str) -> None:
    """docs/commands.md lists exactly the options that a command has."""
    described = options_in_tables(section(f"grader {name}"))
    running, everywhere = (
        options_in_tables(section(title))
        for title in ("Options for running notebooks", "Options of every command")
    )
    if name == "completion":
        everywhere = set(HELP)
    if name in ("grade", "check", "validate", "redteam"):
        described |= running
    assert described | everywhere == options_of(commands()[name])


def test_the_page_describes_nothing_else() -> None:
    """Commands and options that docs/commands.md mentions exist."""
    code = [each for each in re.findall(r"`([^`\n]+)`", PAGE) if each != "python -m grader"]
    every = {"--version"}.union(*(options_of(command) for command in commands().values()))
    assert {option for each in code for option in OPTION.findall(each)} <= every
    assert set(re.findall(r"^## grader (\w+)$", PAGE, re.MULTILINE)) == set(MODULES)
    assert {name for each in code for name in re.findall(r"\bgrader ([a-z]+)", each)} <= set(MODULES)


@pytest.mark.parametrize("block", re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))
def test_commands_on_the_page_are_accepted(block: str) -> None:
    """Each command in a block of the page parses."""
    for command in re.findall(r"grader [^|>)\n]+", block):
        parser().parse_args(shlex.split(command)[1:])


def test_defaults() -> None:
    """An instructor who gives no options gets a sealed run, seed 0 and the current folder."""
    found = parser().parse_args(["grade", "class", "--out", "reports"])
    assert (found.sandbox, found.seed, found.jobs, found.course) == ("bubblewrap", 0, None, Path())
    assert parser().parse_args(["check", "a.ipynb"]).sandbox is None
    assert parser().parse_args(["validate"]).seeds == 5 and parser().parse_args(["validate"]).mutants


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([], "COMMAND"),
        (["mark"], "mark"),
        (["grade", "class"], "--out"),
        (["grade", "class", "--out", "x", "--jobs", "0"], "between 1 and 1024"),
        (["grade", "class", "--out", "x", "--jobs", "1025"], "between 1 and 1024"),
        (["grade", "class", "--out", "x", "--seed", "-1"], "--seed"),
        (["grade", "class", "--out", "x", "--seed", "2147483648"], "2147483647"),
        (["grade", "class", "--out", "x", "--seed", "ten"], "'ten'"),
        (["grade", "class", "--out", "x", "--sandbox", "docker"], "docker"),
        (["doctor", "-q", "-v"], "not allowed with"),
        (["completion", "tcsh"], "tcsh"),
    ],
)
def test_wrong_usage(arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong usage ends with code 2, and the message names what is wrong."""
    with pytest.raises(SystemExit) as stop:
        parser().parse_args(arguments)
    said = capsys.readouterr()
    assert stop.value.code == 2 and named in said.err and not said.out
    assert said.err.startswith("Usage: grader")
