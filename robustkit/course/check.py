"""Checks that look at what a learner made and say what to think about next.

A check has three answers: not attempted yet, not yet, correct. It never raises whatever
it is given, and never shows the answer.
"""

from __future__ import annotations

import html
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from .. import arguments, record
from ..text import Prose
from .answer import NotAttempted, NotYet
from .exercise import Exercise
from .lessons import exercises
from .patience import Late, at_most
from .probe import probe
from .words import in_words

PATIENCE = 5.0  # seconds that a learner's function may take
SLOWER = 4  # times as many where it is judged in place: a browser takes longer
NOTHING_YET = "not attempted yet"
NO_MORE = "No more hints. The solution is in solutions/, and you may look."
STAYS = "Checking. If this line stays: Kernel, Restart Kernel."
_hints_given: dict[str, int] = {}


@dataclass
class Verdict:
    """What a check found; true only where everything is correct.

    status: "not attempted yet", "not yet" or "correct". passed: checks that passed.
    """

    exercise: str
    status: str = "not yet"
    message: str = ""
    passed: int = 0

    def __bool__(self) -> bool:
        return self.status == "correct"

    def __str__(self) -> str:
        sign = {"correct": "✓", "not yet": "✗"}.get(self.status, "○")
        helped = self.status != "not yet" or self.exercise in _hints_given
        hint = "" if helped else f' `rk.hint("{self.exercise}")` gives a hint.'
        return f"{sign} {self.exercise}: {self.status}. {self.message}{hint}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        colour = {"correct": "--jp-success-color1", "not yet": "--jp-warn-color1"}
        edge = colour.get(self.status, "--jp-border-color1")
        return (
            f'<div style="border-left: 5px solid var({edge}, #888); '
            f'padding: 0.3em 0.8em">{html.escape(str(self))}</div>'
        )


def check(name: str, made: Any) -> Verdict:
    """Check what a learner made for an exercise; whatever it is, this does not raise.

    name: of the exercise. made: the learner's object itself, such as a function or a
    number.
    Raises ValueError only for a name that is not an exercise.

    >>> import robustkit as rk
    >>> rk.check("plane-gap", lambda capability, alignment: capability)
    ✗ plane-gap: not yet. `yours(1.0, 1.0)` gives 1; expected 0.
    `rk.hint("plane-gap")` gives a hint.
    """
    known = exercises()
    exercise = known[arguments.one_of("exercise", name, known)]
    verdict = _looked_at(exercise, made, name)
    if verdict.status != NOTHING_YET:
        record.checked(name, bool(verdict))
    return verdict


def _looked_at(exercise: Exercise, made: Any, name: str) -> Verdict:
    verdict = Verdict(name)
    if made is None or made is Ellipsis:
        return _not_attempted(verdict)
    found = probe(partial(_judge, exercise, made, Verdict(name)), PATIENCE)
    if found and found[0]:
        return Verdict(name, "not yet", *found)
    with nullcontext() if found else _what_to_press():
        return _in_time(exercise, made, verdict)


def _in_time(exercise: Exercise, made: Any, verdict: Verdict) -> Verdict:
    """Judge in a thread, which is left where it takes too long."""
    worker = threading.Thread(
        target=_judge, args=(exercise, made, verdict), daemon=True
    )
    try:
        worker.start()
    except RuntimeError:  # the browser has no threads, but a button that ends all
        return _in_place(exercise, made, verdict)
    worker.join(PATIENCE)
    if worker.is_alive():
        _stop(worker)
        return _late(verdict, PATIENCE)
    return verdict


def _in_place(exercise: Exercise, made: Any, verdict: Verdict) -> Verdict:
    """Judge here, where no thread can look after it: Python's own loops still end."""
    patience = SLOWER * PATIENCE
    with at_most(patience) as late, suppress(Late):
        _judge(exercise, made, verdict)
    return _late(verdict, patience) if late else verdict


def _late(verdict: Verdict, seconds: float) -> Verdict:
    words = f"It did not finish within {seconds:g} seconds. Does a loop never end?"
    return Verdict(verdict.exercise, "not yet", words, verdict.passed)


@contextmanager
def _what_to_press() -> Iterator[None]:
    """Show what to do while a check runs, should it never end."""
    print(STAYS, end="\r", flush=True)
    try:
        yield
    finally:
        print(" " * len(STAYS), end="\r", flush=True)


def _stop(worker: threading.Thread) -> None:
    """End a loop of the learner's, which would slow down every later cell.

    What waits inside another library's code is not reached, and ends by itself or not.
    """
    import ctypes

    ident = ctypes.c_ulong(worker.ident or 0)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, ctypes.py_object(SystemExit))


def _not_attempted(verdict: Verdict, words: str = "") -> Verdict:
    verdict.status = NOTHING_YET
    verdict.message = words or "Replace the ... and run this cell again."
    return verdict


def _judge(exercise: Exercise, made: Any, verdict: Verdict, far: Any = None) -> None:
    """Fill in a verdict; far: something to show another process how far it is."""
    try:
        for _ in exercise.checks(made):
            verdict.passed += 1
            if far is not None:
                far.value = verdict.passed
        verdict.message = exercise.passed(verdict.passed)
        verdict.status = "correct"
    except NotAttempted as stub:
        _not_attempted(verdict, str(stub))
    except NotYet as problem:
        verdict.message = str(problem)
    except BaseException as trouble:  # whatever a learner's object may do
        verdict.message = f"Checking it ended in {in_words(trouble)}."


def hint(name: str) -> Prose:
    """Return the next hint of an exercise; each call goes one further.

    Raises ValueError for a name that is not an exercise.
    """
    known = exercises()
    hints = known[arguments.one_of("exercise", name, known)].hints
    given = _hints_given[name] = _hints_given.get(name, 0) + 1
    if given > len(hints):
        return Prose(NO_MORE)
    return Prose(f"Hint {given} of {len(hints)}: {hints[given - 1]}")
