"""Who is meant."""

from __future__ import annotations

import pytest

from grader.exchange.people import Register, name_forms, unsure
from grader.model.roster import Student

WEI = Student("2024001", "Zhang, Wei", "wei@example.edu", others={"canvas": "101"})
WANG = Student("2024002", "王 芳", "wang@example.edu", others={"canvas": "102"})
OTHER = Student("2024003", "Wei Zhang", "zhang@example.edu")


@pytest.mark.parametrize(
    ("keys", "name", "wanted"),
    [
        (["101"], "", "2024001"),
        ([" WEI@Example.edu "], "", "2024001"),
        (["２０２４００２"], "", "2024002"),
        (["", "102"], "", "2024002"),
        (["999"], "王芳", "2024002"),
        (["999"], "wangfang", None),
        ([], "", None),
        (["101"], "王芳", "2024001"),
    ],
)
def test_keys_before_names(keys, name, wanted):
    """A number, a login or an address decides; a name does only where these say nothing."""
    assert Register([WEI, WANG]).find(keys, name) == wanted


def test_two_of_a_name():
    """A name that fits two students fits none, and neither does a number."""
    register = Register([WEI, OTHER])
    assert register.find([], "Wei Zhang") is None and register.find([], "zhangwei") is None
    twice = Register([WEI, Student("x", others={"canvas": "101"})])
    assert twice.find(["101"]) is None


@pytest.mark.parametrize("name", ["Zhang, Wei", "Wei Zhang", "zhangwei", "ZHANG_WEI", "Zhang-Wei"])
def test_forms_of_a_name(name):
    """Order, case, spaces and signs of a name make no difference."""
    assert "zhangwei" in name_forms(name)


def test_long_names():
    """A name of many words is read in the two usual orders only."""
    assert name_forms("de la Cruz y Lopez, Ana Maria") == {"delacruzylopezanamaria", "anamariadelacruzylopez"}
    assert name_forms("…") == set()


def test_folders_without_a_roster():
    """The name of a folder may hold a name and another system's number."""
    assert (unsure("zhangwei_101").name, unsure("zhangwei_101").others) == ("zhangwei", {"number": "101"})
    assert (unsure("amy").id, unsure("amy").name) == ("amy", "amy")
