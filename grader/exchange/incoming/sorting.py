"""What was handed in, sorted to students and assignments: an import's plan, before anything is written."""

from __future__ import annotations

import csv
import fnmatch
import io
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.errors import UsageError
from grader.exchange import file_names
from grader.exchange.attempts import Handed, Origin, files_below, write_handed
from grader.exchange.beside import files_beside
from grader.exchange.choice import Choice, StubOf, listed
from grader.exchange.incoming.archive import Archive, Entry
from grader.exchange.incoming.delivery import Delivery, Identity, System
from grader.exchange.incoming.unpacked import Unpacked
from grader.exchange.incoming.worksheet import Listed, completed
from grader.exchange.names import printable
from grader.exchange.people import Register
from grader.exchange.student_folder import StudentFolder
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.file import Entry as FileEntry
from grader.model.file import Obstacle
from grader.model.roster import Student
from grader.notebook.notebook import Unreadable
from grader.notebook.opening import read_file

MAX_FILES = 1_000  # of one delivery
LEAST_CERTAIN = 3  # notebooks for one assignment, so that the rest may be for it too
NOTEBOOK = "#.ipynb"  # how a notebook is called in the spool; no student's file has this name


@dataclass(frozen=True)
class Found:
    """A notebook for one student and assignment."""

    student: str  # the name of the student's folder, before it is made portable
    handed: Handed  # without its bytes, which lie in `spool` until they are wanted
    content: tuple[str, str, str]  # of the whole: see `Handed.content`
    spool: Path
    file: str  # as it is shown
    path: str  # of the archive's entry, as it is called there
    left: tuple[str, ...] = ()  # files of the same delivery that fit the assignment less well
    is_listed: bool = True  # whether the student is in the roster, or there is none

    def load(self) -> Handed:
        """What was handed in, with its bytes."""
        notebook = self.spool / NOTEBOOK
        return replace(self.handed, notebook=notebook.read_bytes(), files=files_below(notebook))


@dataclass(frozen=True)
class Unclear:
    """What could not be sorted, and why."""

    file: str
    student: str
    why: Text


@dataclass
class Plan:
    """What an import would do."""

    system: str
    found: list[Found] = field(default_factory=list)
    unclear: list[Unclear] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)  # ids in the roster of whom the download has nothing


@dataclass(frozen=True)
class Rule:
    """A line of `--map`: which files it is about, whose they are, and for which assignment.

    What is "" stays open.
    """

    file: str  # a path in the download, or a pattern with * and ?
    student: str = ""
    assignment: str = ""


@dataclass(frozen=True)
class Wanted:
    """What is to be known of an assignment, to take along what lies beside a notebook."""

    disk_mb: int
    handed_out: tuple[FileEntry, ...] = ()


SKIP = "-"  # in place of a student or an assignment: leave the file out


def rules_of(text: str, name: str, assignments: Collection[str]) -> list[Rule]:
    """The lines of a map: a CSV with the columns file, student and assignment. Raises UsageError."""
    rows = list(csv.reader(io.StringIO(text)))
    wanted = ["file", "student", "assignment"]
    if not rows or [each.strip().casefold() for each in rows[0]][:3] != wanted:
        raise UsageError(f"{name}: its first line must be: {','.join(wanted)}")
    rules = []
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        file, student, assignment = (cell.strip() for cell in (*row, "", "")[:3])
        if assignment and assignment != SKIP and assignment not in assignments:
            raise UsageError(
                f"{name}, line {number}: there is no assignment {assignment!r}; "
                f"there are: {', '.join(assignments)}"
            )
        rules.append(Rule(file, student, assignment))
    return rules


@dataclass
class Sorter:
    """Sorts the deliveries of one archive."""

    archive: Archive
    system: System
    name: str  # the archive's
    spool: Path  # a folder for what is found, until it is wanted
    tasks: Mapping[str, Wanted]  # by the assignments' names
    stub_of: StubOf
    roster: Sequence[Student] = ()
    rules: Sequence[Rule] = ()
    only: str = ""  # the assignment that everything is for
    worksheet: Mapping[str, Listed] = field(default_factory=dict)  # what Moodle's tells, by number

    def __post_init__(self) -> None:
        self._waiting: list[_Whose] = []  # deliveries whose notebooks fit no assignment

    def plan(self, on_delivery: Callable[[int, int], None] = lambda done, total: None) -> Plan:
        """Sort everything. Raises UsageError if the download lacks what tells students apart."""
        deliveries = completed(self.system.gather(self.archive, self.system.parse), self.worksheet)
        plan = Plan(self.system.name)
        plan.unclear += [Unclear(each.path, "", each.why) for each in self.archive.refused]
        sorted_in = {id(entry) for each in deliveries for _name, entry in each.files}
        for entry in self.archive.entries:
            if id(entry) not in sorted_in and file_names.is_notebook(entry.path):
                self._sort_stray(entry, plan)
        names = folder_names_of(deliveries, self.system.has_lasting_numbers)
        register = Register(self.roster)
        for done, delivery in enumerate(deliveries, 1):
            on_delivery(done, len(deliveries))
            for student in delivery.students:
                # A number of one assignment alone would meet another student's seat, or the like.
                number = student.number if self.system.has_lasting_numbers else ""
                keys = (student.login, student.email, number)
                known = register.find(keys, student.name)
                self._sort(_Whose(delivery, student, known or names[student], known is not None), plan)
        self._sort_waiting(plan)
        here = {each.student for each in plan.found}
        plan.absent = sorted(person.id for person in self.roster if person.id not in here)
        plan.found.sort(
            key=lambda each: (each.student, each.handed.assignment, each.handed.submitted_at or "")
        )
        return plan

    def _sort_stray(self, entry: Entry, plan: Plan) -> None:
        """A notebook with a name that is not of the system's form: only the map can say whose it is."""
        rule = self._rule(entry.path)
        if rule and rule.student and SKIP not in (rule.student, rule.assignment):
            delivery = Delivery((Identity(login=rule.student),), ((entry.path.rpartition("/")[2], entry),))
            self._sort(_Whose(delivery, delivery.students[0], rule.student, True), plan)
        elif not rule:
            why = _("Its name does not say whose it is.")
            plan.unclear.append(Unclear(printable(entry.path), "", why))

    def _rule(self, path: str) -> Rule | None:
        return next(
            (each for each in self.rules if each.file == path or fnmatch.fnmatchcase(path, each.file)), None
        )

    def _sort_waiting(self, plan: Plan) -> None:
        """Sort the notebooks that fit no assignment.

        Where everything else in the download is for one assignment, they are for it too.
        """
        certain = {each.handed.assignment for each in plan.found}
        label = next(iter(certain)) if len(certain) == 1 and len(plan.found) >= LEAST_CERTAIN else ""
        for whose in self._waiting:
            self._sort(whose, plan, label, is_last=True)

    def _sort(self, whose: _Whose, plan: Plan, label: str = "", is_last: bool = False) -> None:
        """Find the assignments' notebooks among one student's files. What fits none waits for the end."""
        delivery, folder = whose.delivery, whose.folder
        if not delivery.files:
            plan.unclear.append(Unclear("", folder, _("Nothing but text was handed in.")))
            return
        with tempfile.TemporaryDirectory(prefix="grader-import-") as place:
            unpacked = Unpacked(self.archive, Path(place))
            folder = self._unpack(delivery, unpacked, folder)
            choices, skipped = self._choices(unpacked, label or delivery.label)
            if skipped and not choices and not is_last:
                self._waiting.append(whose)
                return
            plan.unclear += [Unclear(file, folder, why) for file, why in unpacked.problems]
            for task, choice in sorted(choices.items()):
                self._take(task, choice, unpacked, replace(whose, folder=folder), plan)
            plan.unclear += [
                Unclear(unpacked.origin(name), folder, _("It fits no assignment.")) for name in skipped
            ]
            if not choices and not skipped and not unpacked.problems and unpacked.files:
                names = listed(sorted(unpacked.files))
                plan.unclear.append(
                    Unclear("", folder, _("There is no notebook, only {names}.", names=names))
                )

    def _unpack(self, delivery: Delivery, unpacked: Unpacked, folder: str) -> str:
        """Write the files where they are looked at, those of the map as it says. The student's folder."""
        for name, entry in delivery.files[:MAX_FILES]:
            rule = self._rule(entry.path)
            if rule and SKIP in (rule.student, rule.assignment):
                continue
            folder = rule.student if rule and rule.student else folder
            unpacked.add(f"{rule.assignment}/{name}" if rule and rule.assignment else name, entry)
        if len(delivery.files) > MAX_FILES:
            why = _("More than {count} files were handed in; only the first were looked at.", count=MAX_FILES)
            unpacked.problems.append(("", why))
        return folder

    def _choices(self, unpacked: Unpacked, label: str) -> tuple[dict[str, Choice], list[str]]:
        """The notebook for each assignment, and the notebooks that fit none.

        What the names and contents leave open, the assignment's name in the system decides.
        """
        own = StudentFolder(unpacked.folder, list(self.tasks), self.stub_of)
        own.look()
        skipped = [name for name in own.skipped if file_names.is_notebook(name)]
        meant = self.only or self._label(label) or self._label(self.name)
        if not meant or meant in own.choices:
            return ({meant: own.choices[meant]}, []) if self.only else (own.choices, skipped)
        if own.choices and not self.only:
            return own.choices, skipped
        unpacked.wrap(meant)
        own = StudentFolder(unpacked.folder, [meant], self.stub_of)
        own.look()
        return {task: each for task, each in own.choices.items() if each.source.file or each.source.left}, []

    def _label(self, label: str) -> str:
        naming = file_names.naming(label, list(self.tasks)) if label else None
        return naming.tasks[0] if naming and len(naming.tasks) == 1 else ""

    def _take(self, task: str, choice: Choice, unpacked: Unpacked, whose: _Whose, plan: Plan) -> None:
        """Note the notebook that was chosen for an assignment, or why none was."""
        student, folder = whose.student, whose.folder
        try:
            if choice.problem is not None:
                raise Unreadable(choice.problem)
            content = read_file(choice.path)
        except Unreadable as error:
            plan.unclear.append(Unclear("", folder, error.text))
            return
        wanted = self.tasks[task]
        beside = files_beside(choice.path, content, task, self.tasks, wanted.disk_mb, wanted.handed_out)
        plan.unclear += [
            Unclear(name, folder, _("It is too large, or no plain file, and does not come along."))
            for left in (beside.record.left_out if beside.record else ())
            if left.why is not Obstacle.HANDED_OUT
            for name in left.names
        ]
        name = choice.path.relative_to(unpacked.folder).as_posix()
        shown, path = unpacked.origin(name), unpacked.entry(name)
        told = (student.name, student.number, student.login, student.email)
        origin = Origin(self.system.name, printable(self.name), shown, *map(printable, told))
        delivery = whose.delivery
        handed = Handed(task, content, beside.files, delivery.submitted_at, delivery.late, origin)
        spool = self.spool / str(len(plan.found))
        write_handed(spool, NOTEBOOK, handed)
        bare = replace(handed, notebook=b"", files=())
        is_listed = whose.is_listed or not self.roster
        plan.found.append(
            Found(folder, bare, handed.content, spool, shown, path, choice.source.left, is_listed)
        )


@dataclass(frozen=True)
class _Whose:
    """A delivery for one of its students."""

    delivery: Delivery
    student: Identity
    folder: str
    is_listed: bool


def folder_names_of(deliveries: Iterable[Delivery], has_lasting_numbers: bool) -> dict[Identity, str]:
    """A name for each student who is in no roster: the login, or else the name with the system's number.

    A number that is another one in every assignment is left out where the name is enough.
    """
    students = {student for each in deliveries for student in each.students}
    names = Counter(student.name for student in students if not student.login)
    found = {}
    for student in students:
        if student.login:
            found[student] = student.login
        elif student.name and not has_lasting_numbers and names[student.name] == 1:
            found[student] = student.name
        else:
            found[student] = (
                "_".join(filter(None, (student.name, student.number))) or student.email or "unknown"
            )
    return found
