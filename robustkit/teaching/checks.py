"""Checks that look at what a learner made and say what to think about next.

A check has three answers: not attempted yet, not yet, correct. It never raises whatever
it is given, and never shows the answer.
"""

from __future__ import annotations

import ctypes
import html
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from .. import arguments

PATIENCE = 5.0  # seconds that a learner's function may take
LESSONS = (
    "lesson_01",
    "lesson_02",
    "lesson_03",
    "lesson_04",
    "lesson_05",
    "lesson_06",
    "lesson_07",
    "lesson_08",
    "lesson_09",
    "lesson_10",
)  # modules with an EXERCISES dict

Problem = str | None  # what is wrong, in words; None where all is well
Checker = Callable[[Any], Iterator[Problem]]  # one item a check, in order


@dataclass(frozen=True)
class Exercise:
    """A checker, and hints from the gentlest to the plainest.

    The checker is a generator: for each check it yields None, or what to think about.
    """

    checker: Checker
    hints: tuple[str, ...]


class NotAttempted(Exception):
    """Raised by a checker that finds nothing but the stub."""


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
        return f"{sign} {self.exercise}: {self.status}. {self.message}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        colour = {"correct": "--jp-success-color1", "not yet": "--jp-warn-color1"}
        edge = colour.get(self.status, "--jp-border-color1")
        return (
            f'<div style="border-left: 5px solid var({edge}, #888); '
            f'padding: 0.3em 0.8em">{html.escape(str(self))}</div>'
        )


def exercises() -> dict[str, Exercise]:
    """Return every exercise by name."""
    found: dict[str, Exercise] = {}
    for lesson in LESSONS:
        found |= import_module(f".{lesson}", __package__).EXERCISES
    return found


def check(name: str, made: Any) -> Verdict:
    """Check what a learner made for the exercise `name`; never raises because of it.

    made: the learner's object itself, such as a function or a number.
    Raises ValueError only for a name that is not an exercise.

    >>> import robustkit as rk
    >>> rk.check("normalised", lambda got, random, best: (got / best).sum())
    ✗ normalised: not yet. For one of the cases it gives 1.431, which is not right yet.
    """
    known = exercises()
    exercise = known[arguments.one_of("exercise", name, known)]
    verdict = Verdict(name)
    if made is None or made is Ellipsis:
        return _not_attempted(verdict)
    worker = threading.Thread(
        target=_judge, args=(exercise, made, verdict), daemon=True
    )
    worker.start()
    worker.join(PATIENCE)
    if worker.is_alive():
        _stop(worker)
        late = f"It did not finish within {PATIENCE:g} seconds. Does a loop never end?"
        return Verdict(name, "not yet", late, verdict.passed)
    return verdict


def _stop(worker: threading.Thread) -> None:
    """End a loop of the learner's, which would slow down every later cell.

    What waits inside another library's code is not reached, and ends by itself or not.
    """
    ident = ctypes.c_ulong(worker.ident or 0)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, ctypes.py_object(SystemExit))


def _not_attempted(verdict: Verdict) -> Verdict:
    verdict.status = "not attempted yet"
    verdict.message = "Replace the ... and run this cell again."
    return verdict


def _judge(exercise: Exercise, made: Any, verdict: Verdict) -> None:
    try:
        for problem in exercise.checker(made):
            if problem is not None:
                verdict.message = problem
                return
            verdict.passed += 1
        verdict.message = f"All {verdict.passed} checks passed."
        verdict.status = "correct"
    except NotAttempted:
        _not_attempted(verdict)
    except BaseException as trouble:  # whatever a learner's object may do
        verdict.message = f"Looking at it ended in {said(trouble)}."


def said(thing: Any, longest: int = 80) -> str:
    """Return a thing in words, whatever its own words do."""
    try:
        if isinstance(thing, BaseException):
            words = f"{type(thing).__name__}: {thing}" if str(thing) else repr(thing)
        else:
            words = repr(thing)
        return words if len(words) <= longest else words[: longest - 1] + "…"
    except BaseException:
        return f"a {type(thing).__name__} that cannot be shown"


def call(function: Any, *given: Any) -> Any:
    """Return what a learner's function gives; raise NotAttempted for a stub.

    Whatever goes wrong inside is raised as `Trouble`, with words for the learner.
    """
    if not callable(function):
        raise Trouble(f"It should be a function; it is {said(function)}.")
    try:
        value = function(*given)
    except BaseException as trouble:
        raise Trouble(f"Calling it ended in {said(trouble)}.") from None
    if value is Ellipsis or (value is None and _is_stub(function)):
        raise NotAttempted
    if value is None:
        raise GivesNone("It gives None for what it is asked. Is a `return` missing?")
    return value


def _stub() -> None: ...


def _is_stub(function: Any) -> bool:
    """Return whether a function's body is nothing but a docstring and `...`."""
    code = getattr(function, "__code__", None)
    names = getattr(code, "co_names", ("something",))
    body = getattr(code, "co_code", b"")
    return not names and len(body) == len(_stub.__code__.co_code)


class Trouble(Exception):
    """What went wrong in a learner's object, in words for the learner."""


class GivesNone(Trouble):
    """A function that somebody wrote gives None."""


def number(value: Any) -> float:
    """Return a learner's value as a finite float; raise `Trouble` if it is none."""
    try:
        result = float(value)
    except BaseException:
        raise Trouble(f"It should give one number; it gives {said(value)}.") from None
    if (
        isinstance(value, (str, bool))
        or result != result
        or abs(result) == float("inf")
    ):
        raise Trouble(f"It should give a finite number; it gives {said(value)}.")
    return result


def close(value: float, other: float) -> bool:
    """Return whether two numbers agree to six digits."""
    return abs(value - other) <= 1e-6 * max(1.0, abs(other))


@dataclass
class Hints:
    """How many hints of each exercise have been given."""

    given: dict[str, int] = field(default_factory=dict)


_hints = Hints()


def hint(name: str) -> str:
    """Return the next hint of an exercise; each call goes one further.

    Raises ValueError for a name that is not an exercise.
    """
    known = exercises()
    hints = known[arguments.one_of("exercise", name, known)].hints
    number_ = _hints.given.get(name, 0)
    _hints.given[name] = number_ + 1
    if number_ >= len(hints):
        return "No more hints. The solution is in solutions/, and looking is allowed."
    return f"Hint {number_ + 1} of {len(hints)}: {hints[number_]}"
