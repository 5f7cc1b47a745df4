"""Exercises from solutions: `python -m robustkit.course.derive`.

nbgrader's own preprocessors take the solutions and hidden tests out, and unfold the
cells to be filled in. Teachers can give `solutions/` to nbgrader as its source.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

# Solutions are folded for those who come to compare; what is to be filled in is not.
FOLDS = {"collapsed", "scrolled", "jupyter"}
ROOT = Path(__file__).resolve().parents[2]


def derive(source: str) -> str:
    """Return the text of an exercise notebook from that of a solution notebook."""
    import nbformat
    from nbgrader.preprocessors import ClearHiddenTests, ClearOutput, ClearSolutions

    book: Any = nbformat.reads(source, as_version=4)
    stubs = ClearSolutions(code_stub={"python": "..."})
    for step in (stubs, ClearHiddenTests(), ClearOutput(remove_metadata_fields=FOLDS)):
        book, _ = step.preprocess(book, {})
    for cell in book.cells:
        if "tags" in cell.metadata:
            cell.metadata.tags = [t for t in cell.metadata.tags if t != "solution"]
    book.metadata.pop("language_info", None)
    return nbformat.writes(book, version=4, indent=1).rstrip("\n") + "\n"


def main() -> None:
    """Write those of exercises/ that differ from solutions/, and say which."""
    stale = []
    for solution in sorted((ROOT / "solutions").glob("*.ipynb")):
        exercise = ROOT / "exercises" / solution.name
        text = derive(solution.read_text("utf-8"))
        if exercise.exists() and exercise.read_text("utf-8") == text:
            continue
        stale.append(exercise.name)
        exercise.parent.mkdir(exist_ok=True)
        exercise.write_text(text, "utf-8", newline="\n")
    print(f"{', '.join(stale) or 'no exercises'} were made from solutions/")


if __name__ == "__main__":
    main()
