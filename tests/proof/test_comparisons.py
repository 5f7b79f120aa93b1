"""Rubrics are searched for bare comparisons of numbers, which can't say what was got and what was wanted."""

from __future__ import annotations

import pytest

from courses import HIDDEN_FILE, PUBLIC_FILE, made
from grader.proof.comparisons import bare_comparisons


def advised(tmp_path, statement: str) -> list[str]:
    """What is advised on a hidden check that holds this statement alone, without the file's name."""
    course = made(tmp_path)
    (course.root / PUBLIC_FILE).write_text("")
    (course.root / HIDDEN_FILE).write_text(f"def test_it(student):\n    {statement}\n")
    found = bare_comparisons(course, course.assignments["halve"])
    assert all(problem.file == HIDDEN_FILE and problem.line == 2 for problem in found)
    return [problem.message.partition("Write ")[2].partition(": then")[0] for problem in found]


@pytest.mark.parametrize(
    ("statement", "call"),
    [
        ("assert abs(w - 3) <= CLOSE", "same(w, 3, atol=CLOSE, what=…)"),
        ("assert abs(w + 2) < 0.5", "same(w, -2, atol=0.5, what=…)"),
        ("assert 0.1 > abs(w - b)", "same(w, b, atol=0.1, what=…)"),
        ("assert (out - want).abs().max() <= 1e-3", "same(out, want, atol=0.001, what=…)"),
        ("assert np.abs(out - want).max() <= 1e-3", "same(out, want, atol=0.001, what=…)"),
        ("assert ((out - want).abs() <= 1e-3).all()", "same(out, want, atol=0.001, what=…)"),
        ("assert all(abs(a - b) <= 0.1 for a, b in pairs)", "same(a, b, atol=0.1, what=…)"),
        ("assert bool(abs(a - b) <= 0.1)", "same(a, b, atol=0.1, what=…)"),
        ("assert student.x == 0.5", "same(student.x, 0.5, atol=…, what=…)"),
        ("assert -0.5 == x", "same(x, -0.5, atol=…, what=…)"),
        ("assert torch.allclose(out, want)", "same(out, want, atol=…, what=…)"),
        ("assert math.isclose(a, b, rel_tol=0.1)", "same(a, b, atol=…, what=…)"),
        ("assert a == pytest.approx(3)", "same(a, 3, atol=…, what=…)"),
        ("assert abs(student.first_long_name[0].item() - 3) <= 1", "same(…, 3, atol=1, what=…)"),
    ],
)
def test_each_bare_comparison_has_its_call(tmp_path, statement, call):
    """The advice names the call of `same` that compares the same values."""
    assert advised(tmp_path, statement) == [call]


def test_each_part_of_a_condition_counts(tmp_path):
    """Two distances that must both be small are two comparisons."""
    calls = advised(tmp_path, "assert abs(w - 3) <= 0.1 and a and abs(b - 1) <= 0.1")
    assert calls == ["same(b, 1, atol=0.1, what=…)", "same(w, 3, atol=0.1, what=…)"]


@pytest.mark.parametrize(
    "statement",
    [
        "assert source.loops",
        "assert not abs(w - 3) <= 0.1",
        "assert w > 0 or abs(b - 1) <= 0.1",
        "assert abs(a - b) >= 0.1",
        "assert abs(w) <= 10",
        "assert count == 3",
        "assert torch.equal(out, want)",
        "assert abs(w - 3) <= 0.1, 'w is not the slope'",
        "assert 0.2 <= x <= 0.4",
        "assert kind == 'saddle'",
        "close = abs(w - 3) <= 0.1",
        "same(w, 3, atol=0.1, what='w')",
    ],
)
def test_what_needs_no_helper_is_left_alone(tmp_path, statement):
    """Questions of yes or no, negated conditions, alternatives, and asserts with a message."""
    assert advised(tmp_path, statement) == []


def test_public_and_hidden_checks_are_searched(tmp_path):
    """The advice comes in the order of files and lines."""
    course = made(tmp_path)
    places = [(each.file, each.line) for each in bare_comparisons(course, course.assignments["halve"])]
    assert places == [(PUBLIC_FILE, 10), (HIDDEN_FILE, 14)]
