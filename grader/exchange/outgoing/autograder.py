"""A ZIP file that makes Gradescope run this grader: two scripts, the grader and one assignment.

It holds the hidden checks and the solution, as every autograder there does.
"""

from __future__ import annotations

import importlib.metadata
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from grader.errors import UsageError
from grader.exchange.outgoing.reproducible_zip import add

PACKAGE = Path(__file__).parents[2]
SETUP = """#!/usr/bin/env bash
# Gradescope runs this once, when it builds the autograder's image.
set -euo pipefail
apt-get update
apt-get install -y --no-install-recommends bubblewrap libseccomp2 python3-pip
# The image's own Python may be too old for the grader.
pip3 install --break-system-packages uv 2>/dev/null || pip3 install uv
uv venv --python 3.12 /autograder/venv
uv pip install --python /autograder/venv/bin/python --index-strategy unsafe-best-match \\
    --extra-index-url https://download.pytorch.org/whl/cpu -r /autograder/source/requirements.txt
"""
RUN = """#!/usr/bin/env bash
# Gradescope runs this for each submission. AUTOGRADER is only set where it is tried elsewhere.
set -uo pipefail
ROOT="${AUTOGRADER:-/autograder}"
PYTHON="${PYTHON:-$ROOT/venv/bin/python}"
export PYTHONPATH="$ROOT/source${PYTHONPATH:+:$PYTHONPATH}" LC_ALL=C.UTF-8
WORK="$(mktemp -d)"
trap 'rm -rf "$WORK"' EXIT
mkdir -p "$WORK/class/student/@ASSIGNMENT@" "$ROOT/results"
cp -R "$ROOT/submission/." "$WORK/class/student/@ASSIGNMENT@/"
if "$PYTHON" -P -m grader grade "$WORK/class" --out "$WORK/out" --course "$ROOT/source/course" \\
        --sandbox @SANDBOX@ --jobs 1 --lang @LANG@ --quiet >"$WORK/said" 2>&1; then
    "$PYTHON" -P -m grader export "$WORK/out" --course "$ROOT/source/course" --format gradescope \\
        --lang @LANG@ --to "$ROOT/results/results.json" >>"$WORK/said" 2>&1
fi
cat "$WORK/said"
if [ ! -s "$ROOT/results/results.json" ]; then
    # No score: Gradescope shows that the autograder failed, and the student keeps the last result.
    echo "The submission could not be graded; the lines above say why." >&2
    exit 1
fi
"""


def autograder(
    file: IO[bytes], public: Path, staff: Path, *, sandbox: str, lang: str, settings: str | None
) -> None:
    """Write the ZIP file for one assignment, whose folders are `public` and `staff`.

    `settings` is what `course.toml` says without names of students; None if there is no such file.
    """
    assignment = public.name
    filled = {"@ASSIGNMENT@": assignment, "@SANDBOX@": sandbox, "@LANG@": lang}
    run = re.sub("|".join(filled), lambda found: filled[found[0]], RUN)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        add(archive, "setup.sh", SETUP.encode(), is_program=True)
        add(archive, "run_autograder", run.encode(), is_program=True)
        add(archive, "requirements.txt", "".join(f"{each}\n" for each in requirements()).encode())
        for path in _files(PACKAGE):
            add(archive, f"grader/{path.relative_to(PACKAGE).as_posix()}", path.read_bytes())
        for kind, folder in (("assignments", public), ("solutions", staff)):
            for path in _files(folder):
                name = f"course/{kind}/{assignment}/{path.relative_to(folder).as_posix()}"
                add(archive, name, path.read_bytes())
        if settings is not None:
            add(archive, "course/course.toml", settings.encode())


def _files(folder: Path) -> Iterable[Path]:
    return (
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts
    )


def requirements() -> list[str]:
    """The packages that the grader needs, in the versions with which it runs here.

    Raises UsageError if the grader is not installed as a package, which alone knows what it needs.
    """
    try:
        needed = importlib.metadata.requires("grader") or ()
    except importlib.metadata.PackageNotFoundError:
        raise UsageError(
            "install the grader with pip: only then it is known what an autograder needs"
        ) from None
    found = []
    for line in needed:
        words, _, marker = line.partition(";")
        name = re.match(r"[\w.-]+", words)
        if name is None or "extra" in marker:
            continue
        try:
            version = importlib.metadata.version(name[0]).partition("+")[0]
        except importlib.metadata.PackageNotFoundError:
            found.append(words.strip())
            continue
        found.append(f"{name[0]}=={version}")
    return found
