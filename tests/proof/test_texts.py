"""A course's texts are looked through for what no page could show."""

from __future__ import annotations

from courses import HIDDEN_FILE, MISTAKE, MISTAKE_FILE, PUBLIC, PUBLIC_FILE, TOML, TOML_FILE, made
from grader.proof.inspection import inspect
from grader.proof.texts import faulty_texts, untranslated

PNG = b"\x89PNG\r\n\x1a\n"


def found(tmp_path, changes=None) -> list[str]:
    course = made(tmp_path, changes)
    return [str(problem) for problem in faulty_texts(course, course.assignments["halve"])]


def test_a_good_course_has_no_faulty_text(tmp_path):
    """Pictures that are handed out and formulas that can be read are no problem."""
    changes = {
        TOML_FILE: TOML.replace("Write halve.", "Write `halve`: ![a half](a.png)"),
        "assignments/halve/files/a.png": PNG,
        "assignments/halve/a.png": PNG,
        PUBLIC_FILE: PUBLIC.replace("Divide by two.", "Divide by $2$."),
    }
    assert found(tmp_path, changes) == []


def test_each_fault_is_told_with_file_and_line(tmp_path):
    """Statements, titles and hints are looked through in both languages."""
    statement = "zh_statement = '''\n一半：\n![图](b.png)'''\n"
    changes = {
        TOML_FILE: TOML.replace("Write halve.", "Write $x^$.").replace("zh_title", statement + "zh_title"),
        PUBLIC_FILE: PUBLIC.replace("8 的一半是 4", r"$\\half$ 是 4").replace("Divide by two.", "Divide $by"),
        MISTAKE_FILE: MISTAKE.replace("The other way", r"The $\\other$ way"),
    }
    lost, missing = "can't be read", "is not among the files that are handed out"
    assert found(tmp_path, changes) == [
        f"{TOML_FILE}:2: 'statement' has the formula $x^$, which {lost}: MissingSuperScriptOrSubscriptError",
        f"{TOML_FILE}:3: 'zh_statement' shows the picture 'b.png', which {missing}",
        f"{PUBLIC_FILE}:9: the title has the formula $\\half$, which {lost}: \\half is unknown here",
        f"{MISTAKE_FILE}:3: 'hint' has the formula $\\other$, which {lost}: \\other is unknown here",
    ]


def test_hidden_checks_are_looked_through_too(tmp_path):
    """The inspection has the problem among the others."""
    course = made(tmp_path)
    path = course.root / HIDDEN_FILE
    path.write_text(path.read_text().replace("Other numbers are halved", "$x_$"))
    problems = [str(problem) for problem in inspect(course, course.assignments["halve"])]
    assert [each.partition(" has ")[0] for each in problems] == [f"{HIDDEN_FILE}:7: the title"]


def test_a_text_without_chinese_is_advice(tmp_path):
    """It is told with its file, unless the assignment has no Chinese at all, or it is a single word."""
    course = made(tmp_path, {MISTAKE_FILE: MISTAKE.replace("zh_title", "# zh_title")})
    found = [str(problem) for problem in untranslated(course, course.assignments["halve"])]
    assert found == [
        f"{TOML_FILE}: the statement has no Chinese: Write halve.",
        f"{HIDDEN_FILE}:7: the title has no Chinese: Other numbers are halved",
        f"{HIDDEN_FILE}:13: the title has no Chinese: Another n changes the result",
        f"{MISTAKE_FILE}: the hint has no Chinese: The other way round.",
    ]
    english = {
        TOML_FILE: TOML.replace('zh_title = "对半"\n', ""),
        PUBLIC_FILE: PUBLIC.replace(' zh="8 的一半是 4",', "").replace(', zh_hint="除以二。"', ""),
        MISTAKE_FILE: MISTAKE.replace('zh_title = "翻倍"\n', ""),
    }
    course = made(tmp_path / "english", english)
    assert untranslated(course, course.assignments["halve"]) == []
