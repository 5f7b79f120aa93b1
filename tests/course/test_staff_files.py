"""Mistakes and equivalent mutants are read from their files, and what is wrong there is reported."""

from __future__ import annotations

import pytest

from courses import EQUIVALENT_FILE, MISTAKE, MISTAKE_FILE, made, problems_of
from grader.course.course import Equivalent, Mistake
from grader.language.catalogue import Text

EQUIVALENT = (
    '[[mutant]]\nline = "    return x / 2  "\nbecomes = "return x * 0.5"\n'
    'reason = """\nThe same for every float.\n"""\n'
)
EXACT_MISTAKE = "each [[replace]] has exactly the texts `old` and `new`"
EXACT_MUTANT = "each [[mutant]] has exactly the texts `line`, `becomes` and `reason`"


def test_mistakes(tmp_path):
    """A mistake has its file's name, its texts in both languages, and what it replaces and fails."""
    assert made(tmp_path).assignments["halve"].mistakes == (
        Mistake(
            "doubles",
            MISTAKE_FILE,
            Text("Doubles", "翻倍"),
            fails=("test_half", "test_others", "test_rerun"),
            replacements=(("x / 2", "x * 2"),),
            hint=Text.verbatim("The other way round."),
        ),
    )


def test_a_mistake_without_a_hint(tmp_path):
    """A hint may be missing."""
    changes = {MISTAKE_FILE: MISTAKE.replace('hint = "The other way round."\n', "")}
    [mistake] = made(tmp_path, changes).assignments["halve"].mistakes
    assert mistake.hint is None


def test_how_a_mistake_may_be_named(tmp_path):
    """A mistake may be one that no report names, and may have an error that only it raises."""
    changes = {MISTAKE_FILE: f'named = false\nerror = "no forward"\n{MISTAKE}'}
    [mistake] = made(tmp_path, changes).assignments["halve"].mistakes
    assert not mistake.named and mistake.error == "no forward"


def test_reasons_for_prices(tmp_path):
    """A mistake and the parts of the stub may have a reason why so few points remain."""
    changes = {
        MISTAKE_FILE: f'costs = " All depends on it. "\n{MISTAKE}',
        "solutions/halve/unwritten.toml": '[[part]]\nname = "halve"\ncosts = "It is all."\n',
    }
    assignment = made(tmp_path, changes).assignments["halve"]
    assert assignment.mistakes[0].costs == "All depends on it."
    assert assignment.unwritten == {"halve": "It is all."}


def test_a_part_without_a_reason(tmp_path):
    """A part without a reason is a problem."""
    changes = {"solutions/halve/unwritten.toml": '[[part]]\nname = "halve"\n'}
    assert problems_of(tmp_path, changes) == [
        "solutions/halve/unwritten.toml: each [[part]] has exactly the texts `name` and `costs`"
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f"named = 0\n{MISTAKE}", ":1: 'named' must be true or false"),
        (f"error = false\n{MISTAKE}", ":1: 'error' must be text"),
        (
            MISTAKE.replace("test_rerun", "test_reruns"),
            ":4: fails names 'test_reruns', which is not a check; did you mean 'test_rerun'?",
        ),
        (MISTAKE.replace('"test_rerun"', "3"), ":4: fails names 3, which is not a check"),
        (
            MISTAKE.replace('"test_rerun"]', '"test_rerun", ["x"]]'),
            ":4: fails names ['x'], which is not a check",
        ),
        (MISTAKE.partition("[[")[0], ": 'replace' is missing"),
        (MISTAKE + "more = 'x'\n", f": {EXACT_MISTAKE}"),
        (MISTAKE.replace('"x * 2"', "3"), f": {EXACT_MISTAKE}"),
    ],
)
def test_broken_mistakes(tmp_path, content, message):
    """What is wrong with a mistake is reported with its place."""
    assert problems_of(tmp_path, {MISTAKE_FILE: content}) == [MISTAKE_FILE + message]


def test_an_unknown_key_in_a_mistake(tmp_path):
    """A misspelled key is reported, and so is the one that is missing for it."""
    assert problems_of(tmp_path, {MISTAKE_FILE: MISTAKE.replace("title", "tittle", 1)}) == [
        f"{MISTAKE_FILE}: 'title' is missing",
        f"{MISTAKE_FILE}:1: unknown key 'tittle'; did you mean 'title'?",
    ]


def test_an_empty_mistake(tmp_path):
    """An empty file lacks everything that a mistake needs."""
    assert problems_of(tmp_path, {MISTAKE_FILE: ""}) == [
        f"{MISTAKE_FILE}: {key!r} is missing" for key in ("fails", "replace", "title")
    ]


def test_a_mistake_with_the_solutions_name(tmp_path):
    """A mistake can't take the name under which the solution is graded."""
    path = "solutions/halve/mistakes/solution.toml"
    assert problems_of(tmp_path, {path: MISTAKE}) == [
        f"{path}: a mistake can't be named 'solution': rename the file"
    ]


def test_equivalents(tmp_path):
    """An equivalent mutant is known by the line that it changes, indented or not, and has its reason."""
    assert made(tmp_path, {EQUIVALENT_FILE: EQUIVALENT}).assignments["halve"].equivalents == (
        Equivalent("return x / 2", "return x * 0.5", "The same for every float."),
    )
    for number, content in enumerate((None, "", "# none\n", "mutant = []\n")):
        assert made(tmp_path / str(number), {EQUIVALENT_FILE: content}).assignments["halve"].equivalents == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (EQUIVALENT.replace("[[mutant]]", "[[mutants]]"), "unknown key 'mutants'; did you mean 'mutant'?"),
        (EQUIVALENT.replace("[[mutant]]", "[mutant]"), "'mutant' must be a list"),
        (EQUIVALENT.replace("reason", "because"), EXACT_MUTANT),
        (EQUIVALENT.partition("reason")[0], EXACT_MUTANT),
        (EQUIVALENT + "more = 'x'\n", EXACT_MUTANT),
        (EQUIVALENT.replace('"return x * 0.5"', "3"), EXACT_MUTANT),
        ("mutant = [3]\n", EXACT_MUTANT),
    ],
)
def test_broken_equivalents(tmp_path, content, message):
    """What is wrong with the list of equivalent mutants is reported."""
    [problem] = problems_of(tmp_path, {EQUIVALENT_FILE: content})
    assert message in problem and problem.startswith(EQUIVALENT_FILE)
