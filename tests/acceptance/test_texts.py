"""An author's Markdown, from the course's files to the student's page, through the real commands."""

from __future__ import annotations

from pathlib import Path

from courses import PUBLIC, PUBLIC_FILE, SOLUTION, TOML, TOML_FILE, write
from grader.notebook.writing import dump
from pages import harmless
from support import command

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 0h1v1H0z"/></svg>'


def test_a_statement_with_a_picture(tmp_path: Path) -> None:
    """The formula, the picture and the emphasis are in the page."""
    root, out = tmp_path / "course", tmp_path / "out"
    toml = TOML.replace(
        '"Write halve."', r"'''Write `halve`: $\frac{x}{2}$" + "\n\n![Half a square](half.svg)'''"
    )
    public = PUBLIC.replace("The half of 8 is 4", "`result` is *half* of 8")
    write(root, {TOML_FILE: toml, PUBLIC_FILE: public})
    (root / "assignments" / "halve" / "files").mkdir()
    (root / "assignments" / "halve" / "files" / "half.svg").write_bytes(PICTURE)

    notebook = tmp_path / "class" / "amy" / "halve.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_text(dump(SOLUTION), encoding="utf-8")
    done = command("grade", tmp_path / "class", "--out", out, "--course", root)
    assert done.returncode == 0, done.stderr
    source = (out / "students" / "amy" / "halve.html").read_text(encoding="utf-8")
    pictures = [part for part in source.split('"') if part.startswith("data:image/svg+xml;base64,")]
    assert pictures and harmless(source, pictures).attribute("img", "alt") == ["Half a square"]
    assert (
        "Write <code>halve</code>: <math" in source and "<code>result</code> is <em>half</em> of 8" in source
    )
