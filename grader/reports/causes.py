"""Sentences about the causes that lie in a notebook: what is wrong at which line, and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from grader.course.course import Assignment
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.file import Beside
from grader.model.report import Cause, Provenance, Report
from grader.model.status import Status
from grader.reports import sentences

COLAB = "google.colab"
# Packages that nobody has as a file of one's own.
PACKAGES = (
    *("cv2", "d2l", "IPython", "ipympl", "ipywidgets", "jax", "keras", "lightning", "mpl_toolkits", "nltk"),
    *("pandas", "PIL", "plotly", "scipy", "seaborn", "sklearn", "statsmodels", "sympy", "tensorflow"),
    *("torchsummary", "torchtext", "torchvision", "torchinfo", "tqdm", "transformers", "wandb", "xgboost"),
)


def of_report(of: Cause, report: Report, assignment: Assignment) -> Text:
    """The sentence about one of a report's causes."""
    handed_out = [entry.name for entry in assignment.handed_out]
    return sentence(of, report.beside, list(report.provenance.packages), handed_out)


def sentence(
    of: Cause, beside: Beside | None = None, packages: Sequence[str] = (), handed_out: Sequence[str] = ()
) -> Text:
    """What went wrong, where it lies, and what to do.

    `beside`: what lay beside the notebook. `packages`: those that the course adds to what is always there.
    `handed_out`: the files that came with the notebook.
    """
    words = dict(of.words)
    if of.code == "no_file" and (found := _beside(of, words.get("file", ""), beside or Beside(), handed_out)):
        return found
    if of.code.startswith("name_"):
        return _missing_name(of, words.get("name", ""), words)
    if of.code == "cell_ended":
        return sentences.ended(Status(words["status"]), of.cell) or _at(of)
    if of.code == "no_module":
        return _no_module(of, words.get("module", ""), packages)
    if of.code == "absent_module":
        return _(
            "{at}: this uses {module}, which is not there where notebooks are graded. Delete what uses it.",
            at=_at(of),
            module=words["module"],
        )
    return _absent(of, words) or _not_python(of, words) or _setting(of, words) or _error(of)


def _missing_name(of: Cause, name: str, words: Mapping[str, str]) -> Text:
    """Why there is no such name."""
    match of.code:
        case "name_later":
            return _(
                "Cell {cell} uses {name} before cell {other} makes it. Cells run from top to bottom: move "
                "what makes {name} up.",
                cell=of.cell,
                name=name,
                other=words["other"],
            )
        case "name_in_text":
            return _in_text(of, name, words["kind"])
        case "name_commented":
            return _("{at}: what makes {name} is commented out. Remove the #.", at=_at(of), name=name)
        case "name_removed":
            return _("{at}: {name} is removed here, and it is needed later.", at=_at(of), name=name)
        case "name_local":
            return _(
                "{at}: {name} is made inside {function}, so there is none outside of it. Make it outside of "
                "any function or class.",
                at=_at(of),
                name=name,
                function=words["function"],
            )
        case "name_similar":
            return _(
                "{at}: you wrote {other}; the task asks for {name}. Give it the name {name}.",
                at=_at(of),
                name=name,
                other=words["other"],
            )
    return _(
        "This code of the notebook that you were given is missing: “{lines}”. Put it back.",
        lines=words["lines"],
    )


def _in_text(of: Cause, name: str, kind: str) -> Text:
    kinds = {"markdown": _("a Markdown cell"), "raw": _("a raw cell")}
    what = kinds.get(kind) or _("a text cell")
    if of.cell is None:
        where = _("{what} at the beginning", what=what)
    else:
        where = _("{what} after cell {cell}", what=what, cell=of.cell)
    first = _("{name} is written in {where}, so it never ran.", name=name, where=where)
    rest = _("Turn it into a code cell: select it and press Esc, then Y.")
    return _("{first} {rest}", first=first, rest=rest)


def _no_module(of: Cause, module: str, packages: Sequence[str]) -> Text:
    if not re.fullmatch(r"[\w.]{1,100}", module):
        return _("{at}: a package is not installed where notebooks are graded.", at=_at(of))
    first = _("{at}: {module} is not installed where notebooks are graded.", at=_at(of), module=module)
    if module == COLAB or module.startswith(COLAB + "."):
        rest = _("It exists on Google Colab only. Delete this line and all that uses it.")
    elif module.partition(".")[0] in PACKAGES:
        rest = _("Delete this line and all that uses it: {there} are there.", there=there(packages))
    else:
        rest = _(
            "Delete this line and all that uses it: {there} are there. If it is a file of your own, hand it "
            "in beside the notebook.",
            there=there(packages),
        )
    return _("{first} {rest}", first=first, rest=rest)


def there(packages: Sequence[str]) -> Text:
    """The packages that notebooks find, in one line."""
    names = ["torch", "NumPy", "Matplotlib", *packages]
    return Text(f"{', '.join(names[:-1])} and {names[-1]}", f"{'、'.join(names[:-1])} 和 {names[-1]}")


def packages_line(provenance: Provenance) -> Text | None:
    """A line on the packages with which a notebook ran; None if the course names none."""
    packages = [f"{name} {version}" for name, version in sorted(provenance.packages.items())]
    return _("Packages here: {packages}.", packages=there(packages)) if packages else None


def _beside(of: Cause, file: str, beside: Beside, handed_out: Sequence[str]) -> Text | None:
    """What to do about a missing file that lay beside the notebook; None if it did not."""

    def is_meant(name: str) -> bool:
        return name.rpartition("/")[2].casefold() == file.casefold() != ""

    if name := next(filter(is_meant, (*handed_out, *beside.placed)), None):
        return _(
            "{at}: there is no file under this name when your notebook is graded. Beside your notebook lies "
            "{file}. Open it by exactly this name.",
            at=_at(of),
            file=name,
        )
    if any(is_meant(name) for each in beside.left_out for name in each.names):
        return _(
            "{at}: the file {file} lay beside your notebook, but was not there when it was graded, for the "
            "reason given in this report.",
            at=_at(of),
            file=file,
        )
    return None


def _absent(of: Cause, words: Mapping[str, str]) -> Text | None:
    """What is not there where notebooks are graded."""
    at = _at(of)
    match of.code:
        case "no_gpu":
            return _(
                "{at}: this needs a GPU, and there is none where notebooks are graded. Leave the device out, "
                "or choose it with torch.cuda.is_available().",
                at=at,
            )
        case "no_window":
            return _("{at}: this opens a window, and there is no screen where notebooks are graded.", at=at)
        case "no_input":
            return _(
                "{at}: input() can't be answered while a notebook is graded. Write the value into your code, "
                "for example n = 10.",
                at=at,
            )
        case "no_file" if words.get("file"):
            return _(
                "{at}: the file {file} is not there when your notebook is graded. Hand it in beside the "
                "notebook, and open it by its name alone.",
                at=at,
                file=words["file"],
            )
        case "no_file":
            return _("{at}: a file is not there when your notebook is graded.", at=at)
        case "no_network":
            return _(
                "{at}: there is no network where notebooks are graded, so nothing can be fetched. Use a file "
                "beside the notebook instead.",
                at=at,
            )
        case "unknown_magic":
            return _(
                "{at}: {magic} is not known where notebooks are graded, and its cell stops there. Delete it.",
                at=at,
                magic=words["magic"],
            )
    return None


def _not_python(of: Cause, words: Mapping[str, str]) -> Text | None:
    """What keeps a cell from being Python."""
    if of.code == "split_cell":
        return _(
            "{at} begins with an indented line, as if it continued the cell before it. A block of Python "
            "must be in one cell: merge the two.",
            at=_at(of),
        )
    if of.code == "other_language":
        return _(
            "{at} looks like {language}. Notebooks run in Python here.",
            at=_at(of),
            language=words["language"],
        )
    return None


def _setting(of: Cause, words: Mapping[str, str]) -> Text | None:
    """A setting that is left behind for all that runs later."""
    if of.code == "gradients_off":
        return _(
            "{at}: {call} switches gradients off for all that runs later, the checks included. Use "
            "with torch.no_grad(): for the lines that need none.",
            at=_at(of),
            call=words["call"],
        )
    if of.code == "other_dtype":
        return _(
            "{at}: {call} changes the type of all tensors that are made later, also when the checks call "
            "your code. Give dtype= where you need another type.",
            at=_at(of),
            call=words["call"],
        )
    return None


def _error(of: Cause) -> Text:
    if of.code == "placeholder_left":
        return _(
            "{at}: the placeholder still stands beside your code and stops it. Delete this line.", at=_at(of)
        )
    if of.code == "dots_left":
        return _("{at}: ... still stands here. Put a value or your code in its place.", at=_at(of))
    if of.code == "recursion":
        return _("{at}: a function calls itself here without end.", at=_at(of))
    if of.code == "new_tensor":
        return _(
            "{at}: this makes a new {name}, which gets no gradient, so the next step fails. Change {name} "
            "itself: write {name} -= … inside a with torch.no_grad() block.",
            at=_at(of),
            name=dict(of.words)["name"],
        )
    if caller := dict(of.words).get("called_from"):
        return _("{at}: an error was raised here, called from cell {cell}.", at=_at(of), cell=caller)
    return _("{at}: an error was raised here.", at=_at(of))


def _at(of: Cause) -> Text:
    """Where a cause lies."""
    if of.cell is None:
        return _("In your notebook")
    if of.line is None:
        return _("Cell {number}", number=of.cell)
    return _("Cell {number}, line {line}", number=of.cell, line=of.line)
