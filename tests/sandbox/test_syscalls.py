"""The filter of system calls, as a table of rules and as a program."""

from __future__ import annotations

import errno
import sys
from collections import Counter

import pytest

from grader.errors import MachineError
from grader.sandbox import syscalls
from grader.sandbox.syscalls import RULES, Rule, masked, refuse

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux filters system calls")


def test_rules_are_distinct() -> None:
    """No rule stands in the table twice: the second would never apply."""
    assert [rule for rule, count in Counter(RULES).items() if count > 1] == []


@pytest.mark.parametrize("call", syscalls.ESSENTIAL)
def test_essential_calls_have_rules(call: str) -> None:
    """The calls without which the filter would be useless are in it."""
    assert any(rule.call == call for rule in RULES)


def test_tcp_alone_is_allowed() -> None:
    """Of both internet families, no rule matches a TCP socket, and one matches every other type."""

    def matches(rule: Rule, arguments: tuple[int, int, int]) -> bool:
        for argument, comparison, data in rule.conditions:
            value = arguments[argument]
            if comparison == "MASKED_EQ":
                held = value & data[0] == data[1]
            else:
                held = {"EQ": value == data[0], "NE": value != data[0], "GT": value > data[0]}[comparison]
            if not held:
                return False
        return True

    rules = [rule for rule in RULES if rule.call == "socket"]
    for family in (syscalls.AF_INET, syscalls.AF_INET6):
        for kind in range(16):
            for protocol in (0, 6, 17, 255):
                allowed = not any(matches(rule, (family, kind, protocol)) for rule in rules)
                assert allowed == (kind == syscalls.SOCK_STREAM and protocol in (0, 6))


def test_locks_are_granted_in_name_only() -> None:
    """Requests for locks succeed without being made. Leases fail, and questions about locks are answered."""
    answers = {
        data[1]: rule.error
        for rule in RULES
        if rule.call == "fcntl"
        for _, comparison, data in rule.conditions
        if comparison == "MASKED_EQ"
    }
    assert answers == {6: 0, 7: 0, 37: 0, 38: 0, 1024: errno.EPERM, 1026: errno.EPERM, 1031: errno.EPERM}
    assert [rule.error for rule in RULES if rule.call == "flock"] == [0]


def test_the_program_has_whole_instructions() -> None:
    """A BPF program is a list of instructions of 8 bytes, at most 4,096 of them, and fits into a pipe."""
    program = syscalls.compile_filter()
    assert len(program) % 8 == 0 and 0 < len(program) // 8 <= 4096 and len(program) < 1 << 16


def test_every_rule_changes_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule with a condition makes another program than the one without."""
    monkeypatch.setattr(syscalls, "RULES", (refuse("mmap"),))
    plain = syscalls.compile_filter()
    monkeypatch.setattr(syscalls, "RULES", (refuse("mmap", masked(3, 0x21, 0x21)),))
    assert syscalls.compile_filter() != plain


def test_calls_that_are_unknown_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that this machine does not have is passed over, unless it is essential."""
    unknown = Rule("no_such_call", errno.EPERM)
    monkeypatch.setattr(syscalls, "RULES", (unknown,))
    assert syscalls.compile_filter()
    monkeypatch.setattr(syscalls, "ESSENTIAL", ("no_such_call",))
    with pytest.raises((OSError, ValueError)):
        syscalls.compile_filter()


def test_without_libseccomp(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install."""
    monkeypatch.setitem(sys.modules, "pyseccomp", None)
    with pytest.raises(MachineError, match="libseccomp2"):
        syscalls.compile_filter()
