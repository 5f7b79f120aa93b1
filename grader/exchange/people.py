"""Who is meant: the same student in a roster, in a download and in another system's table.

Numbers, logins and e-mail addresses decide first, names only where they don't. What fits several students
fits none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import permutations

from grader.errors import UsageError
from grader.exchange.sheet import Sheet

MAX_WORDS = 4  # of a name whose words are tried in every order


@dataclass(frozen=True)
class Person:
    """A student as a roster has it. `id` is the name of the student's folder."""

    id: str
    name: str = ""
    email: str = ""
    section: str = ""
    others: Mapping[str, str] = field(default_factory=dict)  # the numbers and logins of other systems

    @property
    def keys(self) -> list[str]:
        """What only this student has."""
        return [each for each in (self.id, self.email, *self.others.values()) if each]


def unsure(student: str) -> Person:
    """What the name of a student's folder tells: `zhangwei_12345` is a name and another system's number."""
    found = re.fullmatch(r"(.+)_(\d+)", student)
    return Person(student, found[1], others={"number": found[2]}) if found else Person(student, student)


class Register:
    """People by what is known of them."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._by_key: dict[str, set[str]] = {}
        self._by_name: dict[str, set[str]] = {}
        self.people = {person.id: person for person in people}
        for person in self.people.values():
            for key in person.keys:
                self._by_key.setdefault(key_form(key), set()).add(person.id)
            for form in name_forms(person.name):
                self._by_name.setdefault(form, set()).add(person.id)

    def find(self, keys: Iterable[str], name: str = "") -> str | None:
        """The id of the one student who has one of the keys, or else this name; None if it isn't one."""
        for key in keys:
            found = self._by_key.get(key_form(key), set()) if key else set()
            if len(found) == 1:
                return next(iter(found))
        found = set().union(*(self._by_name.get(form, set()) for form in name_forms(name)))
        return next(iter(found)) if len(found) == 1 else None


def key_form(key: str) -> str:
    """A number, a login or an address in the form that is compared."""
    return unicodedata.normalize("NFKC", key).strip().casefold()


def name_forms(name: str) -> set[str]:
    """A name without spaces and signs, its words in every order: `Zhang, Wei` is `zhangwei` and `weizhang`."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", name).casefold().replace("_", " "))
    if not words:
        return set()
    if len(words) > MAX_WORDS:
        first, _, last = name.partition(",")
        turned = re.findall(r"\w+", unicodedata.normalize("NFKC", f"{last} {first}").casefold())
        return {"".join(words), "".join(turned)}
    return {"".join(order) for order in permutations(words)}


# What columns are called: by this program, by learning management systems, in English and in Chinese.
HEADINGS = {
    "id": (
        "id",
        "student_id",
        "student id",
        "学号",
        "學號",
        "org defined id",
        "orgdefinedid",
        "username",
        "用户名",
    ),
    "name": ("name", "full name", "student", "姓名", "全名"),
    "email": ("email", "email address", "e-mail", "邮箱", "电子邮件地址", "电子邮件"),
    "section": ("section", "班级", "分组"),
}


def people_in(sheet: Sheet, name: str) -> list[Person]:
    """The students of a roster: a table with the columns id, name, email, section, and numbers of other systems.

    Raises UsageError, which calls the table `name`, if it has no column that tells students apart.
    """
    headings = sheet.headings()
    columns = {
        what: next((at for at, each in enumerate(headings) if each.casefold() in names), None)
        for what, names in HEADINGS.items()
    }
    own = columns["id"] if columns["id"] is not None else columns["email"]
    if own is None:
        raise UsageError(f"{name} has no column `id`; its first line must be like: id,name,email,section")
    known = set(columns.values())
    people: dict[str, Person] = {}
    for row in range(1, len(sheet.rows)):
        student = sheet.value(row, own)
        if not student:
            continue
        if student in people:
            raise UsageError(f"{name}, line {row + 1}: {student} stands there twice; an id is one student's")
        cell = {what: "" if at is None else sheet.value(row, at) for what, at in columns.items()}
        others = {
            heading: value
            for at, heading in enumerate(headings)
            if at not in known and (value := sheet.value(row, at))
        }
        people[student] = Person(student, cell["name"], cell["email"], cell["section"], others)
    return list(people.values())
