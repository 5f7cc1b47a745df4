"""What a lesson asks and what comes out: taken down while it runs.

A lesson is run with `record()` first and `recorded()` last, in its own kernel, so that
an answer is the one which the lesson itself reveals, and none can be stale.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..text import number
from ..widgets.guessing import Answer, Question
from ..widgets.predict import Guess
from .lessons import Lesson, is_prose

BEFORE = "__import__('robustkit.setup.asked', fromlist=['']).record()"
AFTER = "print(__import__('robustkit.setup.asked', fromlist=['']).recorded())"
PLACE = "a place on the plane"  # also that of an arrow's end
ASKED: list[tuple[int, Guess]] = []  # and in which code cell, counted from 1
ANSWERED: dict[int, int] = {}  # in which code cell a guess, by its id, was answered
RUN: list[Any] = []  # the code cells that have been run


@dataclass(frozen=True)
class Prediction:
    """A question of a lesson: what can be guessed, and the answer, in words.

    parts: what is guessed for each. asked, revealed: the places of the two cells among
    the lesson's; answer and revealed are None where nothing is revealed.
    """

    question: str
    allowed: tuple[str, ...]
    parts: tuple[str, ...]
    answer: str | None
    asked: int
    revealed: int | None


def run(lesson: Lesson) -> tuple[Lesson, list[Prediction]]:
    """Run a lesson; return it with its outputs, and its predictions in their order."""
    done, said = lesson.run(BEFORE, AFTER)
    cells = enumerate(done.book.cells)
    code = [k for k, cell in cells if not is_prose(cell) and cell.source.strip()]
    place = dict(enumerate(code, start=1))
    found = [_prediction(each, place) for each in json.loads(said)]
    return done, sorted(found, key=lambda each: each.asked)


def _prediction(told: Mapping[str, Any], place: Mapping[int, int]) -> Prediction:
    return Prediction(
        question=told["question"],
        allowed=tuple(told["allowed"]),
        parts=tuple(told["parts"]),
        answer=told["answer"],
        asked=place[told["asked"]],
        revealed=place.get(told["revealed"]),
    )


# In the lesson's kernel


def record() -> None:
    """Take down, from here on, every question of `rk.predict` and every answer."""
    from IPython.core.getipython import get_ipython

    begin, reveal = Guess.__init__, Guess.reveal

    def asked(guess: Guess, asked: Question) -> None:
        begin(guess, asked)
        ASKED.append((len(RUN), guess))

    def revealed(guess: Guess, result: Any) -> Answer:
        ANSWERED[id(guess)] = len(RUN)
        return reveal(guess, result)

    shell: Any = get_ipython()
    shell.events.register("pre_run_cell", RUN.append)
    Guess.__init__, Guess.reveal = asked, revealed  # type: ignore


def recorded() -> str:
    """Return what was taken down, as JSON."""
    return json.dumps([_told(run, guess) for run, guess in ASKED])


def _told(run: int, guess: Guess) -> dict[str, Any]:
    known = guess.result is not None
    return {
        "question": guess.question,
        "allowed": _allowed(guess),
        "parts": guess.each,
        "answer": guess._question.said(guess.result) if known else None,
        "asked": run,
        "revealed": ANSWERED.get(id(guess)),
    }


def _allowed(guess: Guess) -> list[str]:
    """Return the choices, or in one line what else can be guessed."""
    if guess.kind == "choice":
        return list(guess.options)
    if guess.kind == "number":
        low, high = (number(end, ".4g").replace("-", "−") for end in guess.range)
        return [f"a number from {low} to {high} {guess.unit}".rstrip()]
    return [PLACE]
