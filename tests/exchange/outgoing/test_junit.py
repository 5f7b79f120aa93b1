"""JUnit's XML."""

from __future__ import annotations

from xml.etree import ElementTree

from downloads import REJECTED, mark, told
from grader.exchange.outgoing.junit import junit


def test_cases():
    """A check is a case of its student's. What failed, was not run or was rejected is told apart."""
    suites = ElementTree.fromstring(junit([told(), REJECTED]).encode())
    (suite,) = suites
    assert suite.attrib == {"name": "double", "tests": "4", "failures": "2", "errors": "0", "skipped": "1"}
    cases = {(case.get("classname"), case.get("name")): [each.tag for each in case] for case in suite}
    assert cases == {
        ("double.amy", "test_two"): [],
        ("double.amy", "test_any"): ["failure"],
        ("double.amy", "test_other"): ["skipped"],
        ("double.bo", "submission"): ["failure"],
    }
    assert "-3 instead of -6" in suite[1][0].text and suite[3][0].text == "This is not a notebook."


def test_names_that_xml_cannot_hold():
    """Names and texts with control characters leave XML that can be read."""
    odd = told(mark=mark("a\x00<&\x1b"), notices=("\ud800",))
    ElementTree.fromstring(junit([odd]).encode("utf-8"))
