"""The project's documents, taken apart: fenced blocks, sentences, commands and the rubric examples.

Code stands in fenced blocks. The words after the language say what a test does with a block:

    python file=PATH     a file of the page's own course; cells of a notebook begin with `# %%`
    toml file=PATH       the same
    sh run               commands that are run in that course, in order
    sh run=NOTEBOOK      commands that are run beside a copy of a submission, where a student has it
    text output          what the commands just above print
    text survivor        what `grader validate` prints of a mutant that is not listed as equivalent
    python notebook      the notebook that the page's rubric examples are graded against
    python rubric        hidden checks; `public` makes them public, `alone` gives them their own rubric
    python imports       what all of these import
    python refused       a rubric that the course loader refuses, with `# Problem: …` on its last line
    toml limits          all limits with their defaults

Above each check of a rubric block a comment says `Verdict: …` (with `alone`: `Outcome: …`), and may say what
the student reads, does not read, and what staff read.
"""

from __future__ import annotations

import html
import itertools
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.notebook.notebook import Cell, Notebook
from grader.notebook.writing import dump


@dataclass(frozen=True)
class Block:
    """One fenced block of a page. `line` is that of its first fence, from 1."""

    line: int
    language: str
    words: tuple[str, ...]
    text: str

    def value(self, key: str) -> str | None:
        """What follows `key=` in the block's first line."""
        return next((word.partition("=")[2] for word in self.words if word.startswith(f"{key}=")), None)


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page."""
    found: list[Block] = []
    fence, begun, info, lines = "", 0, [""], [""]
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        mark = re.match(r"\s*(```+)\s*(.*)", line)
        if fence and mark and mark[1] == fence and not mark[2]:
            found.append(Block(begun, info[0], tuple(info[1:]), "\n".join(lines) + "\n"))
            fence = ""
        elif fence:
            lines.append(line)
        elif mark:
            fence, begun, info, lines = mark[1], number, mark[2].split() or [""], []
    assert not fence, f"{page.name}:{begun}: this block is never closed"
    return found


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^\s*(```+)[^\n]*\n.*?^\s*\1\s*$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)


def spans(page: Path) -> list[str]:
    """What stands in backticks in a page's prose."""
    return re.findall(r"`([^`\n]+)`", prose(page))


def notebook(text: str) -> Notebook:
    """Cells that begin with `# %%`, or `# %% [markdown]` where each line is a comment."""
    cells: list[Cell] = []
    for part in re.split(r"^# %%", text, flags=re.M)[1:]:
        first, _, source = part.partition("\n")
        if "[markdown]" in first:
            cells.append(
                Cell("markdown", re.sub(r"^# ?", "", source, flags=re.M).strip(), id=f"cell-{len(cells)}")
            )
        else:
            cells.append(Cell("code", source.strip("\n"), id=f"cell-{len(cells)}"))
    return Notebook(tuple(cells))


def commands(text: str) -> Iterator[list[str]]:
    """The `grader` commands in a shell or YAML block, as argument lists, without placeholders."""
    for line in text.replace("\\\n", " ").splitlines():
        line = re.sub(r"^\s*(?:-\s+)?(?:run:\s+)?(?:\$\s+)?", "", line)
        for part in re.split(r"&&|\|\||;|(?<=\s)[|>](?=\s)", line):
            words = shlex.split(part, comments=True) if part.strip().startswith("grader ") else []
            if words:
                yield without_placeholders(words[1:])


def without_placeholders(words: list[str]) -> list[str]:
    """Arguments such as `[TASK …]`, `[--jobs N]` and `a|b`, as one might type them."""
    typed = []
    for word in words:
        word = word.strip("[]").partition("|")[0]
        if word and word not in ("…", "..."):
            typed.append("1" if word == "N" else word)
    return typed


def own_files(page: Path) -> dict[str, Block]:
    """The files of a page's own course."""
    return {name: block for block in blocks(page) if (name := block.value("file"))}


def write_course(page: Path, root: Path) -> None:
    for name, block in own_files(page).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = dump(notebook(block.text)) if name.endswith(".ipynb") else block.text
        path.write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class Promise:
    """What a page says of one check."""

    name: str
    result: str  # a verdict, or an outcome
    student: tuple[str, ...]
    not_student: tuple[str, ...]
    staff: tuple[str, ...]


def promises(block: Block) -> list[Promise]:
    """The comments above the checks of a rubric block. Every check has one."""
    found = []
    for part in re.split(r"^(?=# (?:Verdict|Outcome): )", block.text, flags=re.M)[1:]:
        lines = itertools.takewhile(lambda line: line.startswith("# "), part.splitlines())
        comment = " ".join(line.removeprefix("# ") for line in lines)
        names, results = re.findall(r"def (test_\w+)", part), re.findall(r"^\w+: (\w+)\.", comment)
        found.append(
            Promise(
                names[0],
                results[0],
                tuple(re.findall(r'student reads: "(.+?)"', comment)),
                tuple(re.findall(r'does not read: "(.+?)"', comment)),
                tuple(re.findall(r'Staff read: "(.+?)"', comment)),
            )
        )
    assert [promise.name for promise in found] == re.findall(r"^def (test_\w+)", block.text, flags=re.M)
    return found


FILLER = 'from grader import check\n\n@check(points=1, title="Filler")\ndef test_filler(student):\n    pass\n'
# So that an endless call takes seconds.
ABOUT = 'title = "Reference"\nstatement = "Examples."\n[limits]\ncall_s = 1\n'


class Reference:
    """A page's rubric examples as a course: one assignment for most, and one for each that stands alone."""

    def __init__(self, page: Path) -> None:
        found = [block for block in blocks(page) if block.language == "python"]
        (self.notebook,) = [notebook(block.text) for block in found if "notebook" in block.words]
        (imports,) = [block.text for block in found if "imports" in block.words]
        rubrics = [block for block in found if "rubric" in block.words]
        self.together = [
            block
            for wanted in (True, False)  # public checks come first
            for block in rubrics
            if "alone" not in block.words and ("public" in block.words) is wanted
        ]
        self.alone = [block for block in rubrics if "alone" in block.words]
        self.files = {"reference": ["", ""]}
        for block in self.together:
            self.files["reference"]["public" not in block.words] += block.text
        for number, block in enumerate(self.alone):
            self.files[f"alone-{number}"] = [FILLER, block.text]
        for pair in self.files.values():
            pair[:] = [text if text == FILLER else imports + text for text in pair]

    def write(self, root: Path) -> None:
        for name, (public, hidden) in self.files.items():
            folder, staff = root / "assignments" / name, root / "solutions" / name
            folder.mkdir(parents=True)
            staff.mkdir(parents=True)
            (folder / "assignment.toml").write_text(ABOUT, encoding="utf-8")
            (folder / "test_public.py").write_text(public, encoding="utf-8")
            (staff / "test_hidden.py").write_text(hidden, encoding="utf-8")
            for path in (folder / f"{name}.ipynb", staff / "solution.ipynb"):
                path.write_text(dump(self.notebook), encoding="utf-8")


def checks_of(page: Path) -> list[str]:
    """The text of each check on a report's page."""
    parts = re.split(r'<li class="(?:check|waits) ', page.read_text(encoding="utf-8"))[1:]
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", part)).split()) for part in parts]
