"""The lessons in their order, and what each asks for, read from the notebooks."""

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
AFTERWORD = "since-the-note"  # the page that follows the lessons and has no number


@dataclass(frozen=True)
class Lesson:
    """A lesson: its number, title, questions and exercises, and its notebook's name.

    The number is "" for the page after the last lesson. The name is "" where there are
    no notebooks; then its questions are not known.
    """

    number: str
    title: str
    questions: tuple[str, ...] = ()
    exercises: tuple[str, ...] = ()
    name: str = ""


def pages(root: Path) -> list[Path]:
    """Return the notebooks of a course in their order; last the one without a number.

    root: the folder that holds the course.
    """
    home = root / "notebooks"
    lessons = sorted(home.glob("[0-9][0-9]-*.ipynb"))
    return [*lessons, *home.glob(f"{AFTERWORD}.ipynb")]


def number(path: Path) -> str:
    """Return the number of a lesson's notebook, as "04"; "" if it has none."""
    first = path.stem.partition("-")[0]
    return first if first.isdigit() else ""


def outline(root: Path | None) -> list[Lesson]:
    """Return the lessons; root: the folder that holds the course, if there is one."""
    exercises = {number: tuple(some) for number, some in by_lesson().items()}
    found = {}
    for path in pages(root) if root else []:
        which = number(path)
        heading, questions = _read(path)
        mine = exercises.pop(which, ())
        found[which] = Lesson(which, heading, questions, mine, path.stem)
    for which, mine in exercises.items():
        name = f"Lesson {which}" if which.isdigit() else which.capitalize()
        found[which] = Lesson(which, name, (), mine)
    return [found[which] for which in sorted(found, key=lambda each: (not each, each))]


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
    here = [lesson for lesson in lessons if _is_of(notebook, lesson)]
    asking = [lesson for lesson in lessons if question in lesson.questions]
    both = [lesson for lesson in asking if lesson in here]
    return next(iter(both or asking or here), None)


def _is_of(notebook: str, lesson: Lesson) -> bool:
    """Return whether a notebook is a lesson's, or a copy or exercises of it."""
    if lesson.number:
        return notebook.startswith(lesson.number)
    return bool(lesson.name) and notebook.startswith(lesson.name)
