"""`grader.check("linreg-manual")` in a notebook's cell: its saved file against the public checks."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.classroom.checking import check_notebook
from grader.course.course import Assignment
from grader.errors import UsageError
from grader.language.catalogue import Text, choose
from grader.language.catalogue import say as _
from grader.model.report import Report
from grader.reports import html
from grader.reports.lines import about_question, lines

# How a kernel learns which file it runs: Jupyter sets the environment, VS Code one of the notebook's names.
JUPYTER, VS_CODE = "JPY_SESSION_NAME", "__vsc_ipynb_file__"


@dataclass(frozen=True, repr=False)
class SelfCheck:
    """The result of checking one's own notebook. Jupyter shows it as a small table, Python as text."""

    report: Report
    assignment: Assignment
    lang: str
    # When the file was saved that was checked.
    saved_at: datetime

    @property
    def saved(self) -> Text:
        """Which state of the notebook was checked."""
        return _(
            "This is the notebook as it was saved at {time}. Save it before you check again.",
            time=f"{self.saved_at:%H:%M:%S}",
        )

    def __repr__(self) -> str:
        shown = [f"{each.before}{each.text}" for each in lines(self.report, self.assignment, self.lang)]
        return "\n".join([*shown, self.saved[self.lang]])

    def _repr_html_(self) -> str:
        by_hand = [about_question(each, self.report.answer(each.id)) for each in self.assignment.questions]
        return html.cell_output(self.report, self.assignment, self.lang, [*by_hand, self.saved])


def check_saved(
    notebook: str, *, assignment: str | None = None, course: str | Path = ".", lang: str | None = None
) -> SelfCheck | None:
    """Check the notebook that runs this, as it was last saved, against the public checks.

    `notebook` is the assignment's name, or a notebook's file. A file may have any name if `assignment` is
    given. `course` is the course's folder, or its public part, if the assignment's own files do not lie
    beside the notebook. `lang` is "en" or "zh"; by default the environment says which.

    Returns None in a session, where the notebook is being checked or graded already. Raises UsageError if
    there is no such file or assignment.
    """
    if "grader.inside.kernel" in sys.modules:  # a session without a sandbox
        return None
    if notebook.endswith(".ipynb"):
        path = Path(notebook)
    else:
        path, assignment = saved_file(notebook), assignment or notebook
    if not path.is_file():
        raise UsageError(
            f"there is no file {path} in {Path.cwd()}. Save the notebook first. If its file has another "
            f'name, write grader.check("the file.ipynb", assignment="{assignment or "the assignment"}").'
        )
    saved_at = datetime.fromtimestamp(path.stat().st_mtime)
    report, found = check_notebook(path, Path(course), assignment)
    return SelfCheck(report, found, choose(lang), saved_at)


def saved_file(assignment: str) -> Path:
    """The file of the notebook that runs this, as its editor tells, or the one with the assignment's name."""
    told = vars(sys.modules["__main__"]).get(VS_CODE), os.environ.get(JUPYTER)
    for name in told:
        # Jupyter may tell a path from where it was started. The kernel runs in the notebook's own folder.
        for path in (Path(name), Path(Path(name).name)) if isinstance(name, str) else ():
            if path.suffix == ".ipynb" and path.is_file():
                return path
    return Path(f"{assignment}.ipynb")
