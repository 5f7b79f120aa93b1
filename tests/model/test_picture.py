"""Pictures travel in a report as they are."""

from __future__ import annotations

import dataclasses
import json
from typing import get_args

import pytest

from grader.model.codec import from_data, to_data
from grader.model.picture import Picture
from pictures import PICTURES


@pytest.mark.parametrize("name", PICTURES)
def test_each_kind_arrives_as_what_it_was(name: str) -> None:
    """Strict JSON holds it, and what comes back is equal and of the same kind."""
    picture = PICTURES[name]
    arrived = from_data(Picture | None, json.loads(json.dumps(to_data(picture), allow_nan=False)))
    assert arrived == picture and type(arrived) is type(picture)


def test_no_picture() -> None:
    """None stays None, and data of no known kind is refused."""
    assert from_data(Picture | None, None) is None
    with pytest.raises((TypeError, KeyError, ValueError)):
        from_data(Picture | None, {"layer": []})


def test_kinds_can_be_told_apart() -> None:
    """No two kinds have the same fields, by which a picture is recognized when it arrives."""
    fields = [tuple(sorted(field.name for field in dataclasses.fields(kind))) for kind in get_args(Picture)]
    assert len(set(fields)) == len(fields) == 7
    assert {type(picture) for picture in PICTURES.values()} == set(get_args(Picture))
