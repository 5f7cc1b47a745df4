"""The lessons in their order: what each asks for, read from the notebooks."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .lessons import by_lesson

ELSEWHERE = "Elsewhere"  # what no lesson asks


@dataclass(frozen=True)
class Lesson:
    """A lesson: its number, title, questions and exercises, and its notebook's name.

    The name is "" where the notebooks are not there; then questions are not known.
    """

    number: str
    title: str
    questions: tuple[str, ...] = ()
    exercises: tuple[str, ...] = ()
    name: str = ""


def outline(root: Path | None) -> list[Lesson]:
    """Return the lessons; root: the folder that holds the course, if there is one."""
    exercises = {number: tuple(some) for number, some in by_lesson().items()}
    books = sorted((root / "notebooks").glob("[0-9][0-9]-*.ipynb")) if root else []
    found = {}
    for path in books:
        number = path.stem[:2]
        heading, questions = _read(path)
        mine = exercises.pop(number, ())
        found[number] = Lesson(number, heading, questions, mine, path.stem)
    for number, mine in exercises.items():
        name = f"Lesson {number}" if number.isdigit() else number.capitalize()
        found[number] = Lesson(number, name, (), mine)
    return [found[number] for number in sorted(found)]


def _read(path: Path) -> tuple[str, tuple[str, ...]]:
    """Return the title of a notebook and the questions that it asks."""
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        texts = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except (ValueError, LookupError, TypeError, OSError):  # somebody's own, damaged
        return path.stem, ()
    first = next((text for kind, text in texts if kind == "markdown"), "")
    asked = [q for kind, text in texts if kind == "code" for q in _questions(text)]
    return title(first) or path.stem, tuple(dict.fromkeys(asked))


def title(text: str) -> str:
    """Return the heading of a lesson's first cell without its number, "" if none."""
    heading = re.search(r"^# (?:\d+ *[.·:]? *)?(.+)$", text, re.M)
    return heading[1] if heading else ""


def _questions(code: str) -> Iterator[str]:
    """Yield what a cell's calls of `predict` ask, where that is written out."""
    if "predict(" not in code:
        return
    try:
        nodes: list[Any] = list(ast.walk(ast.parse(code)))
    except SyntaxError:  # a magic, or a cell that somebody is at work on
        return
    for node in nodes:
        called = isinstance(node, ast.Call) and ast.unparse(node.func)
        if called in ("rk.predict", "predict") and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def lesson_of(lessons: Sequence[Lesson], question: str, notebook: str) -> Lesson | None:
    """Return the lesson that asks a question; None where none does.

    notebook: where it was asked, which tells lessons that ask the same apart, and is
    gone by alone where a question is no lesson's.
    """
    here = [lesson for lesson in lessons if notebook[:2] == lesson.number]
    asking = [lesson for lesson in lessons if question in lesson.questions]
    both = [lesson for lesson in asking if lesson in here]
    return next(iter(both or asking or here), None)
