"""A rubric file that calls the notebook's functions with generated inputs: see grader.proof.search.

It runs in the rubric's process, against a sealed session. Each check asks one function, fails, and its
message holds the answers as JSON: for each input the input in words, and what came back twice, in short, with
the arguments as the call left them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from grader.rubric.reference import Reference, fetch
from grader.rubric.student import place
from grader.rubric.trace import in_short

# By function, its calls as the recorder describes them. Replaced by what was recorded.
CALLS: dict[str, list[Any]] = {}
# Which numbers arrays hold, edges first. The last is drawn, from the same seed in every session.
FILLS = ("zeros", "ones", "minus ones", "one row", "two rows", "large", "drawn")
NUMBERS = (0, 1, 2, -1)
# Inputs of one function, and characters of one answer: all of them have to fit into a message.
MAX_INPUTS, MAX_ANSWER = 12, 120


def inputs(calls: list[Any]) -> list[tuple[str, list[Any], dict[str, Any]]]:
    """Inputs like those of the calls: in words, arguments, keywords. Edges first."""
    found = []
    for _, arguments, keywords in calls:
        described = [*arguments, *keywords.values()]
        for fill in FILLS:
            if fill == "drawn" or any(each[0] in ("tensor", "array", "list") for each in described):
                found.append((fill, arguments, keywords))
    for _, arguments, keywords in calls:
        for position, each in enumerate(arguments):
            if each[0] == "value" and type(each[1]) in (int, float):
                for number in NUMBERS:
                    changed = [
                        *arguments[:position],
                        ["value", type(each[1])(number)],
                        *arguments[position + 1 :],
                    ]
                    found.append((f"argument {position + 1} is {number}", changed, keywords))
    step = max(1, len(found) // MAX_INPUTS)
    return found[::step][:MAX_INPUTS]


def made(description: Any, fill: str) -> Any:
    """A value as it is described, filled as it is said."""
    kind, content = description[0], description[1]
    if kind == "value":
        return content
    if kind in ("list", "tuple"):
        values = [made(each, fill) for each in content]
        if fill in ("zeros", "ones", "minus ones") and all(isinstance(each, float) for each in values):
            values = [{"zeros": 0.0, "ones": 1.0, "minus ones": -1.0}[fill]] * len(values)
        return tuple(values) if kind == "tuple" else values
    shape = list(description[2])
    if shape and fill in ("one row", "two rows"):
        shape[0] = 1 if fill == "one row" else 2
    numbers = torch.randn(shape, dtype=torch.float64)
    if fill in ("zeros", "ones", "minus ones"):
        numbers = torch.full(
            shape, {"zeros": 0.0, "ones": 1.0, "minus ones": -1.0}[fill], dtype=torch.float64
        )
    elif fill == "large":
        numbers = 1000 * numbers
    if kind == "array":
        return numbers.numpy().astype(content)
    value = numbers.to(getattr(torch, content))
    return value.requires_grad_() if description[3] and value.is_floating_point() else value


def answer(student: Any, name: str, arguments: list[Any], keywords: dict[str, Any]) -> str:
    """What a call gives, in short, and what it leaves of its arguments."""
    held = [
        place(student, each) if isinstance(each, (list, torch.Tensor, np.ndarray)) else each
        for each in arguments
    ]
    try:
        value = getattr(student, name)(*held, **keywords)
        if isinstance(value, Reference):
            value = list(value)
    except Exception as error:
        return f"raises {getattr(error, 'kind', type(error).__name__)}"
    left = [
        f"argument {position + 1} becomes {' '.join(in_short(fetch(each)))}"
        for position, each in enumerate(held)
        if isinstance(each, Reference) and in_short(fetch(each)) != in_short(arguments[position])
    ]
    return "; ".join([" ".join(in_short(value))[:MAX_ANSWER], *left])[: 2 * MAX_ANSWER]


def asking(name: str) -> Callable[[Any], None]:
    """The check that asks one function."""

    def test(student: Any) -> None:
        found = []
        for words, arguments, keywords in inputs(CALLS[name]):
            torch.manual_seed(0)
            values = [made(each, words) for each in arguments]
            named = {word: made(each, words) for word, each in keywords.items()}
            shown = ", ".join(" ".join(in_short(each)) for each in (*values, *named.values()))
            answers = [answer(student, name, values, named) for _ in range(2)]
            found.append([f"{name}({shown[:MAX_ANSWER]})", *answers])
        while len(text := json.dumps(found)) > 3900:
            found.pop()
        raise AssertionError(text)

    return test


for number, function in enumerate(CALLS):
    globals()[f"test_asked_{number}"] = asking(function)
