"""The key of a report: what it depends on, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from grader.gradebook.keys import key_of, keys_of
from grader.model.file import Beside
from reports import PROVENANCE

NOW = replace(PROVENANCE, verdict_sha256="c0de")


def test_the_key_does_not_depend_on_order() -> None:
    """The same environment in another order is the same."""
    other = replace(PROVENANCE, environment=dict(reversed(PROVENANCE.environment.items())))
    assert key_of("a", PROVENANCE) == key_of("a", other) != key_of("b", PROVENANCE)


def test_words_and_points_are_not_in_the_key() -> None:
    """Of a rubric, what verdicts depend on counts."""
    assert key_of("a", NOW) == key_of("a", replace(NOW, rubric_sha256="other titles"))
    assert key_of("a", NOW) != key_of("a", replace(NOW, verdict_sha256="other code"))


def test_keys_of_an_earlier_version_stay() -> None:
    """A report from before is found as long as no file of the rubric has changed."""
    assert key_of("a", PROVENANCE) in keys_of("a", NOW)
    assert key_of("a", PROVENANCE) not in keys_of("a", replace(NOW, rubric_sha256="other"))
    assert key_of("a", PROVENANCE) == "68609177ab7fd389694c38ab330850c696051bf530b904b65b14d5dc1cdc80aa"


def test_files_beside_the_notebook_count() -> None:
    """Without any, the key is the one without."""
    assert key_of("a", NOW) == key_of("a", NOW, None) != key_of("a", NOW, Beside(("x",), (), "f"))
