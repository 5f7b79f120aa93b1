"""How a value is written."""

from __future__ import annotations

import ast

import pytest

from grader.notebook.idioms import can_be_written, literal_in, numbers_of


def expression(code: str) -> ast.expr:
    return ast.parse(code, mode="eval").body


@pytest.mark.parametrize(
    ("code", "literal"),
    [
        ("-3.0", "-3.0"),
        ("2 * 250", "2 * 250"),
        ("[[1], (2,)]", "[[1], (2,)]"),
        ("torch.tensor([1.0]).reshape(1, 1).double()", "[1.0]"),
        ("np.asarray(object=[1.0])[None, :, ...]", "[1.0]"),
        ("nn.Parameter(torch.tensor([1.0]), requires_grad=False)", "[1.0]"),
        ("torch.Tensor([1.0])", "[1.0]"),
        ("torch.tensor([[1.0]]).T", "[[1.0]]"),
        ("torch.Tensor(3)", None),
        ("torch.tensor([1.0, 2.0])[0]", None),
        ("torch.tensor(start)", None),
        ("start.reshape(2, 1)", None),
        ("torch.ones(2)", None),
        ("max(500, 20)", None),
        ("float()", None),
        ("[x, 1.0]", None),
        ("f'{1}'", None),
    ],
)
def test_the_literal_in_an_expression(code: str, literal: str | None) -> None:
    """It is found within what keeps its values, and nowhere else."""
    found = literal_in(expression(code))
    assert (ast.unparse(found) if found is not None else None) == literal


@pytest.mark.parametrize(
    ("literal", "new", "can"),
    [
        ("3.0", -2.0, True),
        ("3.0", 2, False),
        ("1 / 2", 2, False),
        ("3", 2.5, True),
        ("[1.0, 2.0]", [1, 2], False),
        ("[1.0, 2.0]", [1, 2.5], True),
        ("(1.0, 2.0)", [1.0, 2.0], False),
        ("[[1.0]]", [1.0], False),
        ("[1.0]", [[1.0]], True),
        ("{1.0}", [1.0], False),
        ("{'a': 1}", {"b": 2}, True),
        ("{'a': 1}", 2, False),
        ("'a'", 2, True),
        ("1.0", True, True),
        ("[]", [1], True),
    ],
)
def test_what_can_be_written_in_place_of_a_literal(literal: str, new: object, can: bool) -> None:
    """Kinds of numbers, kinds of containers and levels of lists are kept."""
    assert can_be_written(new, expression(literal), expression(literal)) is can


def test_fractions_where_whole_numbers_are_made() -> None:
    """They can't be written into a conversion to whole numbers."""
    for code in ("int(5e2)", "torch.tensor([5]).long()", "np.array([5], dtype=np.int64)"):
        value = expression(code)
        literal = literal_in(value)
        assert literal is not None
        assert can_be_written([7] if "[" in code else 7, literal, value) is ("int(" not in code)
        assert not can_be_written([7.5] if "[" in code else 7.5, literal, value)


def test_equal_numbers() -> None:
    """Containers and the kind of number make no difference, and values that can't be computed none either."""
    same = ["3.0", "3", "(3,)", "[[3.0]]"]
    assert len({numbers_of(expression(code)) for code in same}) == 1
    assert numbers_of(expression("3.5")) != numbers_of(expression("3"))
    assert numbers_of(expression("[1, 2]")) != numbers_of(expression("[2, 1]"))
    assert numbers_of(expression("2 * 250")) == numbers_of(expression("2  *  250"))
    assert numbers_of(expression(str(2**53 + 1))) != numbers_of(expression(str(2**53)))
