"""The documents are true: their commands, code, links and paths are run or looked up.

Every page is picked up as it comes: `*.md` in the root, in docs/, examples/ and benchmarks/. How pages mark
their code is explained in `tests/documents.py`.

Shell blocks without a mark are parsed by the real parser. TOML and Python blocks without a mark are
what their content says they are: an assignment, a mistake, equivalent mutants, checks to be accepted.
"""

from __future__ import annotations

import argparse
import ast
import configparser
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from courses import made
from documents import (
    FILLER,
    Block,
    Reference,
    blocks,
    checks_of,
    commands,
    own_files,
    promises,
    prose,
    spans,
    without_placeholders,
    write_course,
)
from grader.cli.parser import parser
from grader.course.loader import load
from grader.errors import CourseError
from grader.language.catalogue import CATALOGUES
from grader.model.limits import Limits
from support import ROOT, hand_in, records

Here = Callable[..., subprocess.CompletedProcess[str]]

PAGES = sorted(
    path for folder in ("", "docs", "examples", "benchmarks") for path in (ROOT / folder).glob("*.md")
)
AUTHORING, STUDENTS = ROOT / "docs" / "authoring.md", ROOT / "docs" / "students.md"
SHELLS = ("sh", "bash", "shell", "console")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def subcommands() -> dict[str, argparse.ArgumentParser]:
    (found,) = [each for each in parser()._actions if isinstance(each, argparse._SubParsersAction)]
    return dict(found.choices)


@each_page
def test_commands_in_blocks_parse(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every `grader …` line of a shell or YAML block is one that the real parser takes."""
    for block in blocks(page):
        if block.language not in (*SHELLS, "yaml"):
            continue
        for arguments in commands(block.text):
            try:
                parser().parse_args(arguments)
            except SystemExit as end:
                said = capsys.readouterr().err
                assert end.code == 0, f"{page.name}:{block.line}: grader {shlex.join(arguments)}: {said}"


@each_page
def test_commands_in_sentences_exist(page: Path) -> None:
    """A `grader …` in a sentence names a command that exists, with options that it has."""
    known = subcommands()
    for span in spans(page):
        words = span.split()
        if words[:1] != ["grader"] or len(words) == 1 or not re.fullmatch("[a-z]+", words[1]):
            continue
        assert words[1] in known, f"{page.name}: `{span}`"
        options = {name for each in known[words[1]]._actions for name in each.option_strings}
        for word in without_placeholders(words[2:]):
            assert not word.startswith("-") or word.partition("=")[0] in options, f"{page.name}: `{span}`"


@each_page
def test_environments_exist(page: Path) -> None:
    """A `./run ENV` names an environment of tox.ini."""
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini")
    named = re.findall(r"\./run +([a-z]\w*)", page.read_text(encoding="utf-8"))
    assert {f"testenv:{name}" for name in named} <= set(tox.sections())


@each_page
def test_new_assignments_are_made(page: Path, here: Here, tmp_path: Path) -> None:
    """Every `grader new …` of a shell block makes an assignment."""
    for block in blocks(page):
        for arguments in commands(block.text) if block.language in SHELLS else ():
            if arguments[0] == "new" and "NAME" not in arguments:
                course = tmp_path / f"line-{block.line}"
                course.mkdir()
                assert here(*arguments, "--course", course).returncode == 0, f"{page.name}:{block.line}"
                assert (course / "assignments" / arguments[1] / "assignment.toml").is_file()


@each_page
def test_samples_of_output_are_real(
    page: Path, here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a page shows as output is what the command prints beside the submission that the page names."""
    found = blocks(page)
    for block, following in zip(found, found[1:] + [Block(0, "", (), "")]):
        submission = block.value("run") if block.language in SHELLS else None
        if submission is None:
            continue
        # Students have the assignment's folder, which keeps its name.
        folder = tmp_path / f"line-{block.line}" / Path(submission).stem
        shutil.copytree(ROOT / "assignments" / folder.name, folder)
        shutil.copy(ROOT / submission, folder)
        monkeypatch.chdir(folder)
        done = [here(*arguments) for arguments in commands(block.text)]
        printed = "".join(each.stderr + each.stdout for each in done)
        assert "output" in following.words, f"{page.name}:{block.line}: no sample of output follows"
        assert printed == following.text, f"{page.name}:{following.line}"


def test_quoted_sentences_are_said() -> None:
    """Sentences that the students' page quotes are the program's own, in both languages."""
    quoted = re.findall(r'\*\*["“](.+?)["”]\*\*', " ".join(prose(STUDENTS).split()))
    catalogue = (CATALOGUES / "zh" / "LC_MESSAGES" / "grader.po").read_text(encoding="utf-8")
    assert quoted and [sentence for sentence in quoted if f'"{sentence}"' not in catalogue] == []


# Files and code


def course_with(block: Block) -> dict[str, str | None]:
    """The files of the small course that a TOML block changes; what kind of file it is, its keys say."""
    table = tomllib.loads(block.text)
    if "fails" in table:
        checks = [
            f'@check(points=1, title="{name}")\ndef {name}(student): pass\n'
            for name in table["fails"]
            if name != "test_half"
        ]
        return {
            "solutions/halve/test_hidden.py": FILLER + "".join(checks),
            "solutions/halve/mistakes/doubles.toml": None,
            "solutions/halve/mistakes/sample.toml": block.text,
        }
    if table.keys() & {"environment", "timezone", "assignment"}:
        own = block.text.replace("linreg-manual", "halve")  # the one that the small course has
        return {"course.toml": own}
    if "part" in table:
        return {"solutions/halve/unwritten.toml": block.text}
    if "mutant" in table:
        return {"solutions/halve/equivalent.toml": block.text}
    if table.keys() & {"title", "statement", "limits"}:
        needed = "" if "title" in table else 'title = "T"\nstatement = "S"\n'
        return {"assignments/halve/assignment.toml": needed + block.text}
    return {}


@each_page
def test_toml_is_accepted(page: Path, tmp_path: Path) -> None:
    """Every TOML block is what the course loader takes for an assignment, a mistake or equivalent mutants."""
    for block in blocks(page):
        if block.language == "toml":
            made(tmp_path / f"line-{block.line}", course_with(block))
        if "limits" in block.words:
            limits = tomllib.loads(block.text)["limits"]
            assert limits == asdict(Limits()), f"{page.name}:{block.line}: not the defaults"


@each_page
def test_python_is_accepted(page: Path, tmp_path: Path) -> None:
    """Every Python block compiles; the loader accepts the checks in it, or refuses them as the page says."""
    for block in blocks(page):
        if block.language != "python":
            continue
        ast.parse(block.text, f"{page.name}:{block.line}")
        if "@check(" not in block.text or block.words[:1] not in ((), ("refused",)):
            continue
        changes = {
            "assignments/halve/test_public.py": block.text,
            "solutions/halve/test_hidden.py": FILLER,
            "solutions/halve/mistakes/doubles.toml": None,
        }
        if block.words:
            said = re.search(r"# Problem: (.+)", block.text)
            assert said, f"{page.name}:{block.line}: does not say what the problem is"
            with pytest.raises(CourseError, match=re.escape(said[1])):
                made(tmp_path / f"line-{block.line}", changes)
        else:
            made(tmp_path / f"line-{block.line}", changes)


@pytest.mark.parametrize("page", [page for page in PAGES if own_files(page)], ids=lambda page: page.name)
def test_the_walkthrough_is_valid(
    page: Path, here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files of a page make a valid course, by the commands that the page gives, and each is needed."""
    write_course(page, tmp_path)
    monkeypatch.chdir(tmp_path)
    for block in blocks(page):
        for arguments in commands(block.text) if "run" in block.words else ():
            done = here(*arguments)
            assert done.returncode == 0, f"grader {shlex.join(arguments)}: {done.stdout}{done.stderr}"
    survivors = [block for block in blocks(page) if "survivor" in block.words]
    if survivors:
        for path in tmp_path.glob("solutions/*/equivalent.toml"):
            path.unlink()
        said = here("validate", "--seeds", 1).stdout
        for block in survivors:
            assert block.text in said, f"{page.name}:{block.line}"


# Rubrics


def test_the_rubric_examples_hold(here: Here, tmp_path: Path) -> None:
    """Each call and each error of the rubric's reference gives the verdict and the words that it promises."""
    reference = Reference(AUTHORING)
    reference.write(tmp_path)
    load(tmp_path)
    cells = [cell.source for cell in reference.notebook.cells]
    for name in reference.files:
        hand_in(tmp_path / "class", "amy", *cells, task=name)
    done = here("grade", tmp_path / "class", "--out", tmp_path / "out", "--course", tmp_path, "--lang", "en")
    assert done.returncode == 3, done.stderr
    found = records(tmp_path / "out")

    record = found["amy", "reference"]
    assert record["outcome"] == "graded", record["reason"]
    wanted = [promise for block in reference.together for promise in promises(block)]
    shown = checks_of(tmp_path / "out" / "students" / "amy" / "reference.html")
    assert [check["id"] for check in record["checks"]] == [promise.name for promise in wanted]
    for promise, check, text in zip(wanted, record["checks"], shown, strict=True):
        assert check["verdict"] == promise.result, (promise.name, check["message"])
        for words in promise.student:
            assert words in text, (promise.name, text)
        for words in promise.not_student:
            assert words not in text, (promise.name, text)
        for words in promise.staff:
            assert words in check["message"], (promise.name, check["message"])

    for number, block in enumerate(reference.alone):
        (promise,) = promises(block)
        record = found["amy", f"alone-{number}"]
        assert record["outcome"] == promise.result and record["score"] is None, (promise.name, record)
        for words in promise.staff:
            assert words in record["reason"], (promise.name, record["reason"])


# Links and paths


def slugs(page: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ +(.+)$", prose(page), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a file of the project names one that exists, and every anchor a heading."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        assert path.exists(), f"{page.name}: {target}"
        assert not anchor or anchor in slugs(path), f"{page.name}: {target}"


SUFFIXES = (".py", ".md", ".toml", ".ini", ".txt", ".po", ".css", ".yml")
# Names that pages use without meaning a file of the project.
FOREIGN = {"helpers.py", "sitecustomize.py", "conftest.py", "pytest.ini", "requirements.txt", "course.toml"}
PRODUCED = ("staff", "students", "grades.csv", "results.jsonl", "gradebook.sqlite")


def rooms() -> set[str]:
    """The first parts of paths that mean something here: the project's top level, and the package's rooms."""
    hidden = {".git", ".tox", ".tools"}
    top = {path.name for path in ROOT.iterdir() if path.name not in hidden and "cache" not in path.name}
    return top | {path.name for path in (ROOT / "grader").iterdir() if path.is_dir()}


def is_there(name: str, page: Path) -> bool:
    """Whether a path in backticks exists in the project, the package, the tests or the page's own course."""
    own = own_files(page)
    if own and (name.rstrip("/") in {part for file in own for part in (file, *map(str, Path(file).parents))}):
        return True
    if own and re.fullmatch(r"assignments/([\w-]+)/\1\.ipynb", name):  # a stub, which is generated
        return True
    # `my-task` and `<task>` stand for any assignment.
    pattern = re.sub(r"<[^>]+>|…|my-task|\bNAME\b", "*", name).rstrip("/")
    bases = (ROOT, ROOT / "grader", ROOT / "tests", page.parent)
    return any(next(base.glob(pattern), None) is not None for base in bases)


@each_page
def test_paths_exist(page: Path) -> None:
    """Every path in backticks exists, wherever it begins in a folder of the project."""
    known = rooms()
    missing = []
    for span in spans(page):
        if not re.fullmatch(r"[\w.<>*/…-]+", span) or span.startswith("/"):
            continue
        first, slash, rest = span.partition("/")
        if slash:
            if first in known and rest.partition("/")[0] not in PRODUCED and not is_there(span, page):
                missing.append(span)
        elif span.endswith(SUFFIXES) and span not in FOREIGN:
            folders = ("grader", "tests", "docs", "benchmarks", "assignments", "solutions")
            everywhere = (path for folder in folders for path in (ROOT / folder).rglob(span))
            if not (ROOT / span).exists() and next(everywhere, None) is None and not is_there(span, page):
                if span not in {Path(name).name for name in own_files(page)}:
                    missing.append(span)
    assert missing == [], f"{page.name} names what is not there"


@each_page
def test_modules_exist(page: Path) -> None:
    """Every dotted name of the package in backticks is a module, or something that a module defines."""
    for span in spans(page):
        if not re.fullmatch(r"grader(\.\w+)+", span):
            continue
        parts = span.split(".")
        path = ROOT.joinpath(*parts)
        if path.is_dir() or path.with_suffix(".py").is_file():
            continue
        module = ROOT.joinpath(*parts[:-1])
        module = module / "__init__.py" if module.is_dir() else module.with_suffix(".py")
        assert module.is_file(), f"{page.name}: `{span}`"
        assert re.search(rf"\b{parts[-1]}\b", module.read_text(encoding="utf-8")), f"{page.name}: `{span}`"
