"""Grades a class of hostile notebooks with the real command.

Each ends as its file demands, and nothing else happens.

`pytest tests/hostile` runs all of them. With `-k NAME` only the chosen attacks are graded.
"""

from __future__ import annotations

import csv
import html
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from hostile import harness
from hostile.attack import Attack, attacks, controls
from hostile.course import CANARIES, FULL, NEIGHBOUR, WALL_S
from hostile.harness import Graded
from hostile.watch import BUSY_S
from support import ROOT

ATTACKS = {attack.name: attack for attack in attacks()}
# Attacks that need no clock to be judged, and take no time: those that get at something, and do not use up
# anything. Together with the invariants that have the same mark they take a minute and a half.
clockless = pytest.mark.clockless
GROUPS = "ABCFGHJK"


def marked(attack: Attack) -> object:
    """An attack as a parameter, marked if no clock decides how it ends."""
    timed = attack.within is not None or {"timed_out", "out_of_memory"} & {*attack.statuses, *attack.watched}
    return pytest.param(attack.name, marks=() if timed or attack.name[0] not in GROUPS else clockless)


CONTROLS = {control.name: control for control in controls()}
MAX_GROWTH_MB = 256  # of a process that talks to kernels
MAX_RUBRIC_MB = 1024  # of a process in which a rubric runs
# Of computing by a process that talks to kernels, within BUSY_S: while it computes it enforces no limit.
MAX_BUSY_S = 10.0


def chosen(request: pytest.FixtureRequest, known: dict[str, Attack], parameter: str) -> list[Attack]:
    """The attacks that tests were selected for; all of them where only tests of the whole class were."""
    selected = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    names = {each[parameter] for each in selected if each.get(parameter) in known} or known
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


def record_of(result: Graded, name: str) -> dict:
    """The record of an attack, or of an honest student. Fails where there is none."""
    record = result.record(name)
    assert record is not None, (
        f"no record; the command ended with {result.returncode}:\n{result.output[-3000:]}"
    )
    return record


def shows(page: str, text: str, attack: Attack) -> bool:
    """Whether a page contains a text outside the source of the cells that it shows."""
    return page.count(text) > "\n".join(attack.cells).count(text)


def summary(record: dict) -> str:
    """A record in a few lines, for a failure's message."""
    execution = record["execution"]
    ran = f"{execution['status']} in cell {execution['cell']}: {execution['message']}"
    checks = (f"  {check['id']}: {check['verdict']} {check['message'] or ''}" for check in record["checks"])
    lines = [f"{record['outcome']}, score {record['score']}, {ran}", record["reason"] or "", *checks]
    return "\n".join(lines)[:4000]


@pytest.mark.parametrize("attack", [marked(attack) for attack in ATTACKS.values()])
def test_an_attack_ends_as_it_must(attacked: Graded, attack: str) -> None:
    """Outcome, score, status, cell and page are exactly what the attack's file demands."""
    wanted, record = ATTACKS[attack], record_of(attacked, attack)
    assert record["outcome"] in wanted.outcomes, summary(record)
    assert record["score"] in wanted.scores, summary(record)
    watched = record["provenance"]["memory"] == "watchdog"
    assert record["execution"]["status"] in ((watched and wanted.watched) or wanted.statuses), summary(record)
    if wanted.within is not None:
        assert record["execution"]["wall_s"] <= wanted.within, summary(record)
    if wanted.cell is not None:
        assert wanted.places[record["execution"]["cell"] - 2] == wanted.cell, summary(record)
    page = attacked.page(attack)
    assert not [text for text in wanted.contains if not shows(page, text, wanted)], page[:6000]
    assert not [text for text in wanted.absent if text in page], page[:6000]
    if wanted.like:
        other = record_of(attacked, wanted.like)
        first, second = (
            [(check["verdict"], check["hint"]) for check in each["checks"]] for each in (record, other)
        )
        assert first == second
        pages = (page.replace(attack, ""), attacked.page(wanted.like).replace(wanted.like, ""))
        assert len({re.sub(r"[\d.]+", "", each) for each in pages}) == 1


@clockless
def test_nobody_earns_more_than_the_code_does(attacked: Graded) -> None:
    """I1: no score is above what the attack's file demands."""
    over = {
        name: record_of(attacked, name)["score"]
        for name, attack in attacked.attacks.items()
        if (record_of(attacked, name)["score"] or 0) > max(attack.scores)
    }
    assert not over


def test_no_process_survives(attacked: Graded) -> None:
    """I2: a second after the command's end none of its processes is alive.

    Nor is any process of a session a second after the session's end.
    """
    assert not attacked.survivors
    assert not attacked.late, attacked.late[:10]


@clockless
def test_nothing_hidden_is_handed_back(attacked: Graded) -> None:
    """I3: no byte of what students get contains a canary, except for the neighbour's own page."""
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


@clockless
def test_nothing_outside_is_changed(attacked: Graded) -> None:
    """I4: course, submissions, home, working directory and temporary directories are as they were."""
    assert not attacked.changed


@clockless
def test_what_was_handed_in_is_what_was_graded(attacked: Graded) -> None:
    """The records contain the hashes of the files as they were handed in."""
    assert not [
        name
        for name, sha256 in attacked.sent.items()
        if record_of(attacked, name)["submission_sha256"] != sha256
    ]


@clockless
def test_honest_neighbours_have_full_marks(attacked: Graded) -> None:
    """I5: honest students who were graded between the attackers lose no points."""
    lost = {
        student: summary(record_of(attacked, student))
        for student in attacked.honest
        if record_of(attacked, student)["score"] != FULL["line"]
    }
    assert not lost, "\n".join(f"{student}: {record}" for student, record in lost.items())


def test_nobody_takes_longer_than_the_limit(attacked: Graded) -> None:
    """I6: no notebook runs longer than the limit of each of its sessions, plus two seconds."""
    over = {
        name: record["execution"]["wall_s"]
        for name, record in attacked.records.items()
        if record["assignment"] == "line"
        and record["execution"]["wall_s"] > max(1, record["execution"]["sessions"]) * WALL_S + 2
    }
    assert not over


def test_nobody_holds_up_the_class(attacked: Graded) -> None:
    """I6 for a submission as a whole: all its sessions together last no longer than three may.

    These are the first session, a rerun, and one that replaces a lost one.
    """
    over = {
        name: round(seconds)
        for name, seconds in attacked.lasted.items()
        if seconds > 3 * WALL_S + 2 and attacked.attacks[name].assignment == "line"
    }
    assert not over


def test_what_talks_to_kernels_stays_small(attacked: Graded) -> None:
    """I7: no worker grows by as much memory as a student could make it take."""
    grown, during = attacked.growth["worker"]
    assert grown < MAX_GROWTH_MB, f"{grown:.0f} MB, during {during}"


def test_what_watches_is_never_held_up(attacked: Graded) -> None:
    """I6 for the watch itself: no worker computes for long without a pause.

    While it computes it enforces no limit.
    """
    busy, during = attacked.busy["worker"]
    assert busy < MAX_BUSY_S, f"{busy:.1f} s within {BUSY_S} s, during {during}"


def test_what_judges_stays_small(attacked: Graded) -> None:
    """I7 for the processes in which rubrics run: they hold the sessions' answers and stay small too."""
    grown, during = attacked.growth["rubric"]
    assert grown < MAX_RUBRIC_MB, f"{grown:.0f} MB, during {during}"


class Tags(HTMLParser):
    """What a page makes a browser do: active elements, event handlers, and addresses to fetch or follow.

    Scripts are ours, word for word.
    """

    SCRIPTS = tuple(path.read_text() for path in (ROOT / "grader/reports/templates").glob("*.js"))
    ACTIVE = (
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
    )
    ADDRESSES = ("href", "src", "action", "srcset", "formaction", "xlink:href", "background")

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []
        self.policy = ""
        self.script: str | None = None  # the one that is being read

    def handle_data(self, data: str) -> None:
        if self.script is not None:
            self.script += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            if self.script not in self.SCRIPTS:
                self.bad.append(f"script {self.script!r:.80}")
            self.script = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = dict(attributes)
        if tag == "meta" and (known.get("http-equiv") or "").lower() == "content-security-policy":
            self.policy = known.get("content") or ""
        elif tag == "script":
            self.script = ""
        elif tag in self.ACTIVE:
            self.bad.append(tag)
        for name, value in attributes:
            address = (value or "").strip().lower()
            inline = address.startswith(("#", "data:image/png;base64,", "data:image/jpeg;base64,"))
            local = inline or not re.match(r"[a-z][a-z0-9+.-]*:|//|/", address)
            if name.startswith("on") or (name in self.ADDRESSES and not local):
                self.bad.append(f"{tag} {name}={value!r:.80}")


@clockless
def test_pages_run_nothing(attacked: Graded) -> None:
    """No page, for students or staff, has another's script, a handler or an address outside itself.

    Each forbids them besides.
    """
    wrong = []
    for path in sorted(attacked.out.rglob("*.html")):
        tags = Tags()
        tags.feed(path.read_text(encoding="utf-8"))
        unclosed = ["script"] if tags.script is not None else []
        wrong += [f"{path.relative_to(attacked.out)}: {bad}" for bad in (*tags.bad, *unclosed)]
        if not tags.policy.startswith("default-src 'none'"):
            wrong.append(f"{path.relative_to(attacked.out)}: no policy")
    assert not wrong, "\n".join(wrong[:20])


@clockless
def test_links_lead_to_pages(attacked: Graded) -> None:
    """Every link of the class overview leads to a file in the output folder, whatever the students' names."""
    index = (attacked.out / "staff" / "index.html").read_text(encoding="utf-8")
    links = [unquote(html.unescape(link)).partition("#")[0] for link in re.findall(r'href="([^"]*)"', index)]
    missing = [link for link in links if link and not (attacked.out / "staff" / link).resolve().is_file()]
    assert len(links) >= len(attacked.records) and not missing
    assert not [
        link for link in links if not (attacked.out / "staff" / link).resolve().is_relative_to(attacked.out)
    ]


@clockless
def test_tables_hold_no_formulas(attacked: Graded) -> None:
    """No cell of grades.csv begins like a formula, and there is one row for each student."""
    with open(attacked.out / "grades.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert len(rows) == 1 + len({record["student"] for record in attacked.records.values()})


@clockless
def test_a_terminal_is_told_nothing(attacked: Graded) -> None:
    """No character of what the command prints controls a terminal or reverses its text direction."""
    steering = "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
    assert not set(re.findall(steering, attacked.output))


@clockless
def test_no_student_writes_to_the_log(attacked: Graded) -> None:
    """The command prints nothing that a notebook printed, which could be commands to a CI system."""
    assert "HOSTILE-LOG" not in attacked.output
    assert attacked.returncode == 0, attacked.output[-3000:]


@pytest.mark.parametrize("control", CONTROLS)
def test_an_honest_notebook_has_full_marks(sealed: Graded, control: str) -> None:
    """What honest people do in notebooks costs no points in a sealed session."""
    record = record_of(sealed, control)
    wanted = CONTROLS[control]
    assert record["score"] == FULL[wanted.assignment] and record["execution"]["status"] in wanted.statuses, (
        summary(record)
    )


@pytest.mark.parametrize("control", CONTROLS)
def test_an_honest_notebook_has_full_marks_unsealed(unsealed: Graded, control: str) -> None:
    """What honest people do in notebooks costs no points without a sandbox either."""
    record = record_of(unsealed, control)
    wanted = CONTROLS[control]
    assert record["score"] == FULL[wanted.assignment] and record["execution"]["status"] in wanted.statuses, (
        summary(record)
    )
