"""JUnit's XML, as GitLab and others show it. A suite is an assignment, a case one check of a student."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from grader.exchange.outgoing.told import Told, by_assignment
from grader.model.report import FAILED, GRADED, INTERNAL, PASSED

# What XML can't hold.
_IMPOSSIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(told: Sequence[Told]) -> str:
    """The checks of all submissions. What a student may not read is not in it."""
    suites = ElementTree.Element("testsuites", name="grader")
    for assignment, submissions in by_assignment(told).items():
        suite = ElementTree.SubElement(suites, "testsuite", name=_text(assignment))
        cases = [case for each in submissions for case in _cases(each, suite)]
        count = {
            kind: sum(case.find(kind) is not None for case in cases)
            for kind in ("failure", "error", "skipped")
        }
        suite.attrib |= {
            "tests": str(len(cases)),
            "failures": str(count["failure"]),
            "errors": str(count["error"]),
            "skipped": str(count["skipped"]),
        }
    ElementTree.indent(suites)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"
    )


def _cases(each: Told, suite: ElementTree.Element) -> list[ElementTree.Element]:
    # GitLab drops cases of the same class and name.
    name = _text(f"{each.mark.assignment}.{each.mark.student}")
    cases = []
    for check in each.checks:
        about = {"classname": name, "name": _text(check.id)}
        case = ElementTree.SubElement(suite, "testcase", about)
        words = _text(f"{check.title} ({check.points:g}/{check.most:g})\n{check.words}".strip())
        if check.verdict != PASSED:
            kind = "failure" if check.verdict == FAILED else "skipped"
            ElementTree.SubElement(case, kind, message=_text(check.title)).text = words
        cases.append(case)
    if each.mark.status not in (GRADED, "pending"):
        case = ElementTree.SubElement(suite, "testcase", {"classname": name, "name": "submission"})
        kind = "error" if each.mark.status == INTERNAL else "failure"
        ElementTree.SubElement(case, kind, message=each.mark.status).text = _text("\n".join(each.notices))
        cases.append(case)
    return cases


def _text(words: str) -> str:
    return _IMPOSSIBLE.sub("\N{REPLACEMENT CHARACTER}", words)
