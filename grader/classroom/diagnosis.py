"""The diagnosis: which known mistake a wrong answer is.

While a rubric runs, it keeps a trace of what the student's code answers. The solution, the assignment's
mistakes and its decoys (grader.proof.decoys) are graded with the same hidden inputs, and have traces too. A
mistake is named only if something distinctive was computed:

- A failed check got the same answers from the submission as from the mistake.
- Among them is a number that the solution, the other mistakes and the decoys do not give there. Or they are
  numbers that no wrong decoy gives there, and a value where the solution has another one, in answers that
  no other known answer gives as a whole; that value may be a tensor's gradient (see `Reading`). Or there is
  an error that the mistake's author says is raised by this mistake alone.
- The cells that define what the check asked for ran, and so did all cells before them.
- No other mistake fits as well.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from grader.course.course import Mistake
from grader.model.report import ASKED, FAILED, PASSED, CellRun, Report
from grader.model.status import Status
from grader.rubric.trace import COUNTED, LONG, RAISED, gradients, with_gradients, without_gradients

# A trace is read in two ways: without gradients, since right styles keep them or not, and with them, since
# a gradient that is not cleared shows nowhere else. What is distinctive in one must agree in the same one.
Reading = Callable[[Sequence[str]], tuple[str, ...]]
# Differences below these are rounding: float32 in place of float64, or sums in another order.
RELATIVE, ABSOLUTE = 1e-4, 1e-6
# Numbers that come from anywhere: starts, signs, empty answers.
TRIVIAL = (0.0, 1.0, -1.0)
# How many whole numbers and texts prove that something was computed. Of other numbers, one is enough.
ENOUGH = 3


def alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two traces are the same, apart from the rounding of numbers."""
    return len(one) == len(other) and all(map(_same, one, other))


def _same(one: str, other: str) -> bool:
    """Whether two words are the same, or numbers that differ by rounding."""
    if one == other:
        return True
    try:
        return _close(float(one), float(other))
    except ValueError:
        return False


def _close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


def numbers_of(trace: Iterable[str]) -> list[float]:
    """The finite numbers in a trace."""
    found = []
    for word in trace:
        try:
            found.append(float(word))
        except ValueError:
            continue
    return list(filter(math.isfinite, found))


def _own_numbers(trace: Iterable[str], others: Iterable[Iterable[str]]) -> list[float]:
    """The numbers in a trace that are not trivial and occur in no other one."""
    shared = [number for other in others for number in numbers_of(other)] + list(TRIVIAL)
    return [number for number in numbers_of(trace) if not any(_close(number, each) for each in shared)]


def _is_text(word: str) -> bool:
    return word[:1] in ("'", '"')


def _is_value(word: str) -> bool:
    """Whether a word tells of a value that is no start: a number, a text, a truth value or a count."""
    numbers = numbers_of([word])
    if numbers:
        return numbers[0] not in TRIVIAL
    return word in ("True", "False") or _is_text(word) or word.startswith(LONG) or word.endswith(COUNTED)


def _is_computed(own: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Whether a trace has enough that no other one has, to say that it was computed."""
    numbers = _own_numbers(own, others)
    texts = [word for word in own if _is_text(word) and not any(word in trace for trace in others)]
    return len(numbers + texts) >= ENOUGH or any(not number.is_integer() for number in numbers)


def _differs(own: Sequence[str], right: Sequence[str], read: Reading) -> bool:
    """Whether a trace has another value than the solution's, or, with gradients, a gradient of its own."""
    if read is with_gradients:
        return bool(_own_numbers(gradients(own), [gradients(right)]))
    pairs = zip(read(own), read(right))
    return any(_is_value(word) and not _same(word, other) for word, other in pairs)


@dataclass(frozen=True)
class KnownAnswers:
    """The reports on the course's own answers to one assignment."""

    solution: Report
    # By the mistake's name.
    mistakes: Mapping[str, Report]
    # By the decoy's name.
    decoys: Mapping[str, Report] = field(default_factory=dict)
    # What the course says about the mistakes, by name. A mistake that is not in it can be named.
    declared: Mapping[str, Mistake] = field(default_factory=dict)

    @cached_property
    def _traces(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """Every answer's traces by check."""
        answers = {"": self.solution, **{f"decoy {name}": each for name, each in self.decoys.items()}}
        answers |= {f"mistake {name}": each for name, each in self.mistakes.items()}
        return {
            name: {result.check.id: result.trace for result in answer.checks}
            for name, answer in answers.items()
        }

    def failed_traces(self, name: str) -> dict[str, tuple[str, ...]]:
        """A mistake's traces of the checks that it failed."""
        return {
            result.check.id: result.trace for result in self.mistakes[name].checks if result.verdict == FAILED
        }

    def is_telling(self, name: str, check: str, read: Reading) -> bool:
        """Whether a mistake's trace of a check, read so, holds something that proves the mistake."""
        whole = self._traces[f"mistake {name}"].get(check, ())
        own = read(whole)
        others = [
            read(traces.get(check, ()))
            for answer, traces in self._traces.items()
            if answer != f"mistake {name}"
        ]
        if _own_numbers(own, others) or self._own_error(name, own, others):
            return True
        right = self._traces[""].get(check, ())
        wrong = list(map(read, self._wrong_decoys(check)))
        # A right step of one decoy and another one's gradient, left as it was, are together no decoy's.
        unlike = [[each] for each in wrong] if read is with_gradients and wrong else [wrong]
        return (
            all(_is_computed(own, traces) for traces in unlike)
            and not any(alike(own, trace) for trace in others)
            and _differs(whole, right, read)
        )

    def _own_error(self, name: str, own: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
        """Whether a trace holds an error that only this mistake raises, by its author and by all others."""
        error = self.declared[name].error if name in self.declared else ""
        raised = [word for word in own if error and word.startswith(RAISED) and error in word]
        return any(not any(word in trace for trace in others) for word in raised)

    def _wrong_decoys(self, check: str) -> list[tuple[str, ...]]:
        """The traces of a check that decoys did not pass: one that passed it answers as the solution does."""
        return [
            result.trace
            for decoy in self.decoys.values()
            for result in decoy.checks
            if result.check.id == check and result.verdict != PASSED
        ]

    def sharing(self, name: str) -> list[str]:
        """The other known answers that give the same answers as a mistake to a check that it fails."""
        failed = self.failed_traces(name)
        return [
            answer or "the solution"
            for answer, traces in self._traces.items()
            if answer != f"mistake {name}"
            and any(
                trace and alike(with_gradients(trace), with_gradients(traces.get(check, ())))
                for check, trace in failed.items()
            )
        ]

    def can_be_named(self, name: str) -> bool:
        """Whether the mistake's author lets reports name it."""
        return name not in self.declared or self.declared[name].named


def diagnose(report: Report, known: KnownAnswers) -> Report:
    """Name the known mistake that explains failed checks, at each check that it explains.

    The mistake that explains most checks is named, then the one that fails the same checks as the submission.
    If two fit equally well, none is named.
    """
    explained = {name: _explained(report, known, name) for name in known.mistakes if known.can_be_named(name)}
    failed = {result.check.id for result in report.checks if result.verdict != PASSED}

    def fit(name: str) -> tuple[int, int]:
        """How many checks a mistake explains, then how few it and the submission fail differently."""
        others = {result.check.id for result in known.mistakes[name].checks if result.verdict != PASSED}
        return len(explained[name]), -len(failed ^ others)

    best = sorted((name for name in explained if explained[name]), key=fit, reverse=True)
    if len(best) > 1 and fit(best[0]) == fit(best[1]):
        best = []
    return replace(
        report,
        checks=tuple(
            replace(result, mistake=best[0] if best and result.check.id in explained[best[0]] else "")
            for result in report.checks
        ),
    )


def _explained(report: Report, known: KnownAnswers, name: str) -> list[str]:
    """The ids of the failed checks that a mistake explains."""
    traces = known.failed_traces(name)
    found = []
    earlier: set[str] = set()
    for result in report.checks:
        asked = names_asked(result.trace)
        earlier |= asked
        if (
            result.verdict == FAILED
            and result.trace
            # A check that asks for no name has it from a fixture that an earlier check has asked.
            and has_run(report.execution.cells, asked or earlier)
            and any(
                alike(read(result.trace), read(traces.get(result.check.id, ())))
                and known.is_telling(name, result.check.id, read)
                for read in (without_gradients, with_gradients)
            )
        ):
            found.append(result.check.id)
    return found


def names_asked(trace: Iterable[str]) -> set[str]:
    """The notebook's names that a check asked for."""
    return {word.removeprefix(ASKED) for word in trace if word.startswith(ASKED)}


def has_run(cells: Sequence[CellRun], names: Collection[str]) -> bool:
    """Whether these names are all defined, and every cell ran up to the last one that defines one of them.

    If no name is given, all cells must have run.
    """
    last = [_last_definition(cells, name) for name in names] or [len(cells) - 1]
    if None in last:
        return False
    upto = max(place for place in last if place is not None)
    return bool(cells) and all(cell.status == Status.OK for cell in cells[: upto + 1])


def _last_definition(cells: Sequence[CellRun], name: str) -> int | None:
    """The index of the last cell that defines a name; if none is found, of the last that mentions it."""
    mentions = re.compile(rf"\b{re.escape(name)}\b")
    mentioning = [place for place, cell in enumerate(cells) if mentions.search(cell.source)]
    defining = [place for place in mentioning if _defines(cells[place].source, name)]
    return max(defining or mentioning, default=None)


def _defines(source: str, name: str) -> bool:
    """Whether a statement of a cell defines a name, as far as its first words tell.

    The code is a student's, and parsing it, or searching it with one pattern, could take arbitrarily long:
    this takes time in proportion to its length.
    """
    word = re.compile(rf"{re.escape(name)}\b")
    definition = re.compile(rf"(?:async[ \t]++)?(?:def|class)[ \t]++{re.escape(name)}\b")
    for statement in re.split("[\n;]", source):
        target, _, value = statement.lstrip(" \t(").partition("=")
        if definition.match(target):
            return True
        if value and not value.startswith("=") and "(" not in target:
            for part in target.split(","):
                if word.match(part := part.strip(" \t*")):
                    return True
                if not re.fullmatch(r"[\w.]+", part):
                    break
    return False
