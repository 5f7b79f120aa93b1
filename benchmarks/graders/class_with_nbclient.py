"""Plain nbclient over a part of a class, which runs and checks nothing: see ../peers.py."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from four import TESTS


def run(folder: Path, students: list[Path]) -> list[tuple[str, str, None]]:
    import nbformat
    from nbclient import NotebookClient

    for task in TESTS:
        for student in students:
            out = folder / student.name
            out.mkdir(parents=True, exist_ok=True)
            notebook = nbformat.read(student / f"{task}.ipynb", 4)
            client = NotebookClient(
                notebook, kernel_name="python3", allow_errors=True, resources={"metadata": {"path": str(out)}}
            )
            client.execute()
            nbformat.write(notebook, out / f"{task}.ipynb")
    return [(student.name, task, None) for task in TESTS for student in students]


if __name__ == "__main__":
    if sys.argv[2] == "grade":
        print(json.dumps(run(Path(sys.argv[1]), [Path(name) for name in sys.argv[3:]])))
