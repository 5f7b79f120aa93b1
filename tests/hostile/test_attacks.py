"""Hostile notebooks, a whole class of them, through the real command: each ends as its file demands, and nothing else happens.

`pytest tests/hostile` runs all; with `-k NAME` only the chosen attacks are graded.
"""

from __future__ import annotations

import csv
import html
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import unquote

import harness
import pytest
from harness import (
    BUSY_S,
    CANARIES,
    FULL,
    MAX_BUSY_S,
    MAX_GROWTH_MB,
    MAX_RUBRIC_MB,
    NEIGHBOUR,
    WALL_S,
    Attack,
    Graded,
)

ATTACKS = {attack.name: attack for attack in harness.attacks()}
CONTROLS = {control.name: control for control in harness.controls()}


def chosen(request: pytest.FixtureRequest, known: dict[str, Attack], parameter: str) -> list[Attack]:
    """What is to be tested; everything where only the invariants are."""
    given = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    names = {each[parameter] for each in given if each.get(parameter) in known} or known
    names = {*names, *(attack.like for attack in known.values() if attack.like and attack.name in names)}
    return [known[name] for name in sorted(names)]


@pytest.fixture(scope="session")
def attacked(request: pytest.FixtureRequest) -> Iterator[Graded]:
    """The class of attackers, graded once."""
    result = harness.grade(chosen(request, ATTACKS, "attack"))
    yield result
    groups = Counter(name[0] for name in result.attacks)
    counts = ", ".join(f"{group} {count}" for group, count in sorted(groups.items()))
    print(f"\n{sum(groups.values())} attacks in {result.seconds:.0f} s: {counts}")
    harness.clear(result)


@pytest.fixture(scope="session")
def sealed(request: pytest.FixtureRequest) -> Iterator[Graded]:
    """The positive controls, graded in sealed sessions."""
    result = harness.grade(chosen(request, CONTROLS, "control"))
    yield result
    harness.clear(result)


@pytest.fixture(scope="session")
def unsealed(request: pytest.FixtureRequest) -> Iterator[Graded]:
    """The positive controls, graded without a sandbox."""
    result = harness.grade(chosen(request, CONTROLS, "control"), sandbox="none")
    yield result
    harness.clear(result)


def told(result: Graded, name: str) -> dict:
    record = result.record(name)
    assert record is not None, (
        f"no record; the command ended with {result.returncode}:\n{result.words[-3000:]}"
    )
    return record


def put_out(text: str, attack: Attack, page: str) -> bool:
    """Whether a page holds a text other than in the cells that it shows."""
    return page.count(text) > "\n".join(attack.cells).count(text)


def about(record: dict) -> str:
    """A record in a few lines, for whoever reads a failure."""
    execution = record["execution"]
    ran = f"{execution['status']} in cell {execution['cell']}: {execution['message']}"
    said = (f"  {check['id']}: {check['verdict']} {check['message'] or ''}" for check in record["checks"])
    return "\n".join([f"{record['outcome']}, score {record['score']}, {ran}", record["reason"] or "", *said])[
        :4000
    ]


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_ends_as_it_must(attacked: Graded, attack: str) -> None:
    """Outcome, score, status, cell and page are exactly what the attack's file demands."""
    wanted, record = ATTACKS[attack], told(attacked, attack)
    assert record["outcome"] in wanted.outcomes, about(record)
    assert record["score"] in wanted.scores, about(record)
    watched = record["provenance"]["memory"] == "watchdog"
    assert record["execution"]["status"] in ((watched and wanted.watched) or wanted.statuses), about(record)
    if wanted.within is not None:
        assert record["execution"]["wall_s"] <= wanted.within, about(record)
    if wanted.cell is not None:
        assert wanted.places[record["execution"]["cell"] - 2] == wanted.cell, about(record)
    page = attacked.page(attack)
    assert not [text for text in wanted.contains if not put_out(text, wanted, page)], page[:6000]
    assert not [text for text in wanted.absent if text in page], page[:6000]
    if wanted.like:
        other = told(attacked, wanted.like)
        first, second = (
            [(check["verdict"], check["hint"]) for check in each["checks"]] for each in (record, other)
        )
        assert first == second
        pages = (page.replace(attack, ""), attacked.page(wanted.like).replace(wanted.like, ""))
        assert len({re.sub(r"[\d.]+", "", each) for each in pages}) == 1


def test_nobody_earns_more_than_the_code_does(attacked: Graded) -> None:
    """I1: no score is above what the attack's file demands."""
    over = {
        name: told(attacked, name)["score"]
        for name, attack in attacked.attacks.items()
        if (told(attacked, name)["score"] or 0) > max(attack.scores)
    }
    assert not over


def test_no_process_survives(attacked: Graded) -> None:
    """I2: a second after the command's end none of its processes is alive, and a second after a session's end none of that session's."""
    assert not attacked.survivors
    assert not attacked.late, attacked.late[:10]


def test_nothing_hidden_is_handed_back(attacked: Graded) -> None:
    """I3: no canary is in any byte of what students get, the neighbour's own page aside."""
    leaks = []
    for path in sorted((attacked.out / "students").rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        own = "a neighbour's notebook" if path.parent.name == NEIGHBOUR else None
        leaks += [
            f"{path.parent.name}: {where}"
            for where, canary in CANARIES.items()
            if where != own and canary.encode() in content + path.name.encode()
        ]
    assert not leaks


def test_nothing_outside_is_changed(attacked: Graded) -> None:
    """I4: course, submissions, home, working directory and temporary directories are as they were."""
    assert not attacked.changed


def test_what_was_handed_in_is_what_was_graded(attacked: Graded) -> None:
    """The records carry the hashes of the files as they were handed in."""
    assert not [
        name for name, sha256 in attacked.sent.items() if told(attacked, name)["submission_sha256"] != sha256
    ]


def test_honest_neighbours_have_full_marks(attacked: Graded) -> None:
    """I5: honest students who were graded between the attackers have lost nothing."""
    lost = {
        student: about(told(attacked, student))
        for student in attacked.honest
        if told(attacked, student)["score"] != FULL["line"]
    }
    assert not lost, "\n".join(f"{student}: {words}" for student, words in lost.items())


def test_nobody_takes_longer_than_the_limit(attacked: Graded) -> None:
    """I6: no notebook ran longer than the limit allows each of its sessions, and two seconds."""
    over = {
        name: record["execution"]["wall_s"]
        for name, record in attacked.records.items()
        if record["assignment"] == "line"
        and record["execution"]["wall_s"] > max(1, record["execution"]["sessions"]) * WALL_S + 2
    }
    assert not over


def test_nobody_holds_up_the_class(attacked: Graded) -> None:
    """I6 for a submission as a whole: all its sessions last no longer than three may: the first, a rerun, and one in place of a lost one."""
    over = {
        name: round(seconds)
        for name, seconds in attacked.lasted.items()
        if seconds > 3 * WALL_S + 2 and attacked.attacks[name].assignment == "line"
    }
    assert not over


def test_what_talks_to_kernels_stays_small(attacked: Graded) -> None:
    """I7: no worker grows by as much as a student could have it grow."""
    grown, during = attacked.growth["worker"]
    assert grown < MAX_GROWTH_MB, f"{grown:.0f} MB, during {during}"


def test_what_watches_is_never_held_up(attacked: Graded) -> None:
    """I6 for the watch itself: no worker computes for long in one piece, since meanwhile it keeps nobody to a limit."""
    busy, during = attacked.busy["worker"]
    assert busy < MAX_BUSY_S, f"{busy:.1f} s within {BUSY_S} s, during {during}"


def test_what_judges_stays_small(attacked: Graded) -> None:
    """The same for the processes in which rubrics run, which hold what the sessions answer."""
    grown, during = attacked.growth["rubric"]
    assert grown < MAX_RUBRIC_MB, f"{grown:.0f} MB, during {during}"


class Tags(HTMLParser):
    """What a page would have a browser do: elements that are not text, handlers of events, and what is fetched or followed."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []
        self.policy = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = dict(attributes)
        if tag == "meta" and (known.get("http-equiv") or "").lower() == "content-security-policy":
            self.policy = known.get("content") or ""
        elif tag in (
            "script",
            "iframe",
            "object",
            "embed",
            "form",
            "base",
            "link",
            "foreignobject",
            "math",
            "frame",
            "applet",
            "template",
            "video",
            "audio",
        ):
            self.bad.append(tag)
        for name, value in attributes:
            address = (value or "").strip().lower()
            local = address.startswith(
                ("#", "data:image/png;base64,", "data:image/jpeg;base64,")
            ) or not re.match(r"[a-z][a-z0-9+.-]*:|//|/", address)
            if name.startswith("on") or (
                name in ("href", "src", "action", "srcset", "formaction", "xlink:href", "background")
                and not local
            ):
                self.bad.append(f"{tag} {name}={value!r:.80}")


def test_pages_run_nothing(attacked: Graded) -> None:
    """No page, a student's or staff's, has a script, a handler or an address outside itself in it, and each forbids them besides."""
    wrong = []
    for path in sorted(attacked.out.rglob("*.html")):
        tags = Tags()
        tags.feed(path.read_text(encoding="utf-8"))
        wrong += [f"{path.relative_to(attacked.out)}: {bad}" for bad in tags.bad]
        if not tags.policy.startswith("default-src 'none'"):
            wrong.append(f"{path.relative_to(attacked.out)}: no policy")
    assert not wrong, "\n".join(wrong[:20])


def test_links_lead_to_pages(attacked: Graded) -> None:
    """Every link of the class overview leads to a file below the output folder, whatever students are called."""
    index = (attacked.out / "staff" / "index.html").read_text(encoding="utf-8")
    links = [unquote(html.unescape(link)).partition("#")[0] for link in re.findall(r'href="([^"]*)"', index)]
    missing = [link for link in links if link and not (attacked.out / "staff" / link).resolve().is_file()]
    assert len(links) >= len(attacked.records) and not missing
    assert not [
        link for link in links if not (attacked.out / "staff" / link).resolve().is_relative_to(attacked.out)
    ]


def test_tables_hold_no_formulas(attacked: Graded) -> None:
    """No cell of grades.csv begins as a formula does, and there is one row for each student."""
    with open(attacked.out / "grades.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert len(rows) == 1 + len({record["student"] for record in attacked.records.values()})


def test_a_terminal_is_told_nothing(attacked: Graded) -> None:
    """No byte of what the command says steers a terminal or turns its direction."""
    assert not set(
        re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", attacked.words)
    )


def test_no_student_writes_to_the_log(attacked: Graded) -> None:
    """Nothing that a notebook printed is in what the command says: no commands to a CI system either."""
    assert "HOSTILE-LOG" not in attacked.words
    assert attacked.returncode == 0, attacked.words[-3000:]


@pytest.mark.parametrize("control", CONTROLS)
def test_an_honest_notebook_has_full_marks(sealed: Graded, control: str) -> None:
    """What honest people do in notebooks costs nothing in a sealed session."""
    record = told(sealed, control)
    wanted = CONTROLS[control]
    assert record["score"] == FULL[wanted.assignment] and record["execution"]["status"] in wanted.statuses, (
        about(record)
    )


@pytest.mark.parametrize("control", CONTROLS)
def test_an_honest_notebook_has_full_marks_unsealed(unsealed: Graded, control: str) -> None:
    """Nor does it without a sandbox."""
    record = told(unsealed, control)
    wanted = CONTROLS[control]
    assert record["score"] == FULL[wanted.assignment] and record["execution"]["status"] in wanted.statuses, (
        about(record)
    )
