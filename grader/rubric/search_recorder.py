"""A rubric file that writes down how a rubric calls the notebook's functions: see grader.proof.search.

It is collected behind the rubric's own files, and runs in the rubric's process. Its one check fails, and its
message holds the calls as JSON.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import torch

from grader.inside.probe_messages import CALL, GET, PLACE
from grader.rubric.probe_client import ProbeClient
from grader.rubric.reference import Reference, client_of, handle_of

# How many calls of one function are kept, each with arguments of other types and shapes.
KEPT = 3
MAX_ITEMS = 6
MAX_CHARACTERS = 3900
ask = ProbeClient.ask
# By the session and the number of what is there: the function's name, and the value that was placed.
names: dict[tuple[int, int], str] = {}
placed: dict[tuple[int, int], Any] = {}
calls: dict[str, dict[str, list[Any]]] = {}


class Unknown(Exception):
    """An argument that can't be made again."""


def key_of(reference: Reference) -> tuple[int, int]:
    """What tells a reference from others."""
    return id(client_of(reference)), handle_of(reference).number


def described(value: Any) -> list[Any]:
    """A value in a form that can be made again, tensors and arrays by type and shape alone."""
    if isinstance(value, Reference):
        if key_of(value) not in placed:
            raise Unknown
        return described(placed[key_of(value)])
    if isinstance(value, torch.Tensor):
        return ["tensor", str(value.dtype).removeprefix("torch."), list(value.shape), value.requires_grad]
    if isinstance(value, np.ndarray):
        return ["array", value.dtype.name, list(value.shape)]
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, [described(item) for item in value[:MAX_ITEMS]]]
    if value is None or isinstance(value, (bool, int, float, str)):
        return ["value", value]
    raise Unknown


def kind_of(description: Any) -> Any:
    """A description without its numbers."""
    if description[0] == "value":
        return type(description[1]).__name__
    return [description[0], *map(str, description[1:])] if description[0] in ("tensor", "array") else "list"


def asked(client: ProbeClient, message: Any) -> Any:
    """Ask a session, and note what was asked."""
    if message["op"] == CALL and (name := names.get(key_of(message["target"]))):
        try:
            arguments = [described(each) for each in message["arguments"]]
            keywords = {word: described(each) for word, each in message["keywords"].items()}
        except Unknown:
            pass
        else:
            kinds = json.dumps([kind_of(each) for each in (*arguments, *keywords.values())])
            if len(calls.setdefault(name, {})) < KEPT:
                calls[name].setdefault(kinds, [name, arguments, keywords])
    answer = ask(client, message)
    if message["op"] == GET and isinstance(answer.get("value"), Reference):
        names[key_of(answer["value"])] = message["name"]
    elif message["op"] == PLACE and isinstance(answer, Reference):
        placed[key_of(answer)] = message["value"]
    return answer


def test_recorded(student: Any) -> None:
    """Hand over what was recorded."""
    found = [call for kinds in calls.values() for call in kinds.values()]
    while len(text := json.dumps(found)) > MAX_CHARACTERS:
        found.pop()
    raise AssertionError(text)


ProbeClient.ask = asked  # type: ignore
