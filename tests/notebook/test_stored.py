"""Stored outputs are cut out of a notebook's text, and nothing else is."""

from __future__ import annotations

import json

import pytest

from grader.notebook.stored import MAX_METADATA, without_stored


def cut(text: str) -> str:
    return without_stored(text, 1000)


def test_outputs_attachments_and_widgets_are_cut() -> None:
    """Each becomes an empty list or object, wherever it stands; the rest stays, letter by letter."""
    text = '{"a": "x", "outputs": [{"b": ["]"]}], "attachments" : {"c": {}}, "widgets":{"d": [1]}, "e": [2]}'
    assert cut(text) == '{"a": "x", "outputs": [], "attachments" : {}, "widgets":{}, "e": [2]}'


@pytest.mark.parametrize("text", [
    "", "x", "[]", '{"source": "\\"outputs\\": [1]"}', '["outputs", [1]]', '{"outputs": 1}',
    '{"outputs": "["}', '{"outputs": [1', '{"outputs": [1}', '{"outputs": [{]}', '{"outputs": ["]}',
    '{"outputs', '{"metadata": {"tags": []}}',
])  # fmt: skip
def test_what_is_none_or_is_damaged_stays(text: str) -> None:
    """Text in strings is no key, and what is not closed as it was opened is left to the JSON reader."""
    assert cut(text) == text


def test_lines_keep_their_numbers() -> None:
    """A message about a later line still names the right one."""
    text = json.dumps({"outputs": [{"text": ["a", "b"]}], "x": 1}, indent=1)
    lines = cut(text).split("\n")
    assert len(lines) == len(text.split("\n")) and lines[-2] == ' "x": 1'


def test_overlong_metadata_keeps_its_tags() -> None:
    """Metadata of usual size stays; of more only the tags are kept."""
    small = {"metadata": {"tags": ["parameters"], "x": [[]] * (MAX_METADATA - 3)}}
    large = {"metadata": {"tags": ["parameters"], "x": [[]] * MAX_METADATA}}
    assert cut(json.dumps(small)) == json.dumps(small)
    assert json.loads(cut(json.dumps(large))) == {"metadata": {"tags": ["parameters"]}}
    assert json.loads(cut(json.dumps({"metadata": [[]] * 300}))) == {"metadata": []}
    numbers = {"metadata": {"tags": ["parameters"], "x": [1.5] * 300_000}}
    assert json.loads(cut(json.dumps(numbers))) == {"metadata": {"tags": ["parameters"]}}


@pytest.mark.parametrize("text", [
    '{"outputs":' + "[" * 5_000_000,
    '{"outputs":' + "[" * 2_500_000 + "]" * 2_500_000 + "}",
    '{"outputs":[' * 400_000,
    '{"metadata":{' * 400_000,
    '{"metadata":' * 200_000 + "{}" + "}" * 200_000,
    '""' * 2_500_000,
    '"\\' * 2_500_000,
    '{"outputs":[' + "[]," * 1_600_000,
    '{"outputs":[' + "[ " + " " * 4_000_000 + "[]]}",
], ids=range(9))  # fmt: skip
def test_hostile_text_takes_linear_time(text: str) -> None:
    """Five million characters of any kind are scanned in 2.1 s; in quadratic time it would take days."""
    without_stored(text, 500_000)
