"""A guess that stays where it was made: a cell that runs again keeps it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import record
from .guessing import Question


def remembering(make: Callable[[Question], Any]) -> Callable[[Question], Any]:
    """Return `make`, which in a notebook gives what it made of a question before.

    That is the same question in the same cell, run again; within one run of a cell the
    first stays the first and the second the second. Another cell has guesses of its
    own, and so has a question whose words, choices or range were changed. Where cells
    have no names (not in JupyterLab, Notebook and VS Code), a question has one guess.
    """
    made: dict[Any, list[Any]] = {}
    used: dict[Any, tuple[int, int]] = {}  # the run of a cell, and how many it has used

    def remembered(question: Question) -> Any:
        here = cell()
        if here is None:
            return make(question)
        name, run = here
        every = made.setdefault((name, question), [])
        last, count = used.get((name, question), (run, 0))
        count = count if last == run else 0
        used[name, question] = run, count + 1
        if count == len(every):
            every.append(make(question))
        elif every[count].comm is None:  # closed, so that no view can show it
            every[count] = make(question)
        return every[count]

    return remembered


def cell() -> tuple[str, int] | None:
    """Return the name of the cell that runs and the number of its run.

    None outside notebooks; the name is "" where the front end does not tell it.
    """
    shell = record.shell()
    if shell is None:
        return None
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    name = parent.get("metadata", {}).get("cellId", "")
    return str(name), int(shell.execution_count)
