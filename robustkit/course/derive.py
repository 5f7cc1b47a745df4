"""Exercises from solutions: `python -m robustkit.course.derive`.

nbgrader's own preprocessors take the solutions and hidden tests out. Teachers can give
`solutions/` to nbgrader as its source, unchanged.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

STUB = "..."
ROOT = Path(__file__).resolve().parents[2]


def derive(source: str) -> str:
    """Return the text of an exercise notebook from that of a solution notebook."""
    import nbformat
    from nbgrader.preprocessors import ClearHiddenTests, ClearOutput, ClearSolutions

    book: Any = nbformat.reads(source, as_version=4)
    steps = (
        ClearSolutions(code_stub={"python": STUB}),
        ClearHiddenTests(),
        ClearOutput(),
    )
    for step in steps:
        book, _ = step.preprocess(book, {})
    for cell in book.cells:
        tags = [t for t in cell.metadata.get("tags", []) if t != "solution"]
        if "tags" in cell.metadata:
            cell.metadata["tags"] = tags
    return write(book)


def write(book: Any) -> str:
    """Return a notebook as text, the same for the same content."""
    import nbformat

    book.metadata.pop("language_info", None)
    return nbformat.writes(book, version=4, indent=1).rstrip("\n") + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write exercises/ from solutions/; with --check only say whether they agree."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args(arguments)
    stale = []
    for solution in sorted((ROOT / "solutions").glob("*.ipynb")):
        exercise = ROOT / "exercises" / solution.name
        text = derive(solution.read_text("utf-8"))
        if exercise.exists() and exercise.read_text("utf-8") == text:
            continue
        stale.append(exercise.name)
        if not given.check:
            exercise.parent.mkdir(exist_ok=True)
            exercise.write_text(text, "utf-8", newline="\n")
    verb = "differ from" if given.check else "were made from"
    print(f"{', '.join(stale) or 'no exercises'} {verb} solutions/")
    return 1 if stale and given.check else 0


if __name__ == "__main__":
    sys.exit(main())
