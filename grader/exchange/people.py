"""Who is meant: the same student in a roster, in a download and in another system's table.

Numbers, logins and e-mail addresses decide first, names only where they don't. What fits several students
fits none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import permutations

from grader.model.roster import Student

MAX_WORDS = 4  # of a name whose words are tried in every order


def keys_of(student: Student) -> list[str]:
    """What only this student has: the id, the address, the numbers and logins of other systems."""
    return [each for each in (student.id, student.email, *student.others.values()) if each]


def unsure(folder: str) -> Student:
    """What the name of a student's folder tells: `zhangwei_12345` is a name and another system's number."""
    found = re.fullmatch(r"(.+)_(\d+)", folder)
    return Student(folder, found[1], others={"number": found[2]}) if found else Student(folder, folder)


class Register:
    """Students by what is known of them."""

    def __init__(self, students: Iterable[Student]) -> None:
        self._by_key: dict[str, set[str]] = {}
        self._by_name: dict[str, set[str]] = {}
        self.students = {student.id: student for student in students}
        for student in self.students.values():
            for key in keys_of(student):
                self._by_key.setdefault(key_form(key), set()).add(student.id)
            for form in name_forms(student.name or student.id):
                self._by_name.setdefault(form, set()).add(student.id)

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
    """A name's words in every order, joined: `Zhang, Wei` is `zhangwei` and `weizhang`."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", name).casefold().replace("_", " "))
    if not words:
        return set()
    if len(words) > MAX_WORDS:
        first, _, last = name.partition(",")
        turned = re.findall(r"\w+", unicodedata.normalize("NFKC", f"{last} {first}").casefold())
        return {"".join(words), "".join(turned)}
    return {"".join(order) for order in permutations(words)}
