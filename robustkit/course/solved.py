"""The exercises that a puzzle of mystery agents is: `rk.check("mystery", puzzle)`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .answer import NotAttempted, NotYet, call
from .exercise import Exercise
from .words import in_words

ENOUGH = 5  # agents of the six
OPEN = "Answer in the form, or by puzzle.answer(...), and run this cell again."


def exercise(hard: bool) -> Exercise:
    """Return the exercise to solve a puzzle, at least a hard one if `hard`.

    It takes the puzzle itself, or a function that gives one.
    """

    def checks(made: Any) -> Iterator[None]:
        from .mystery import Puzzle, mystery  # not before: it needs all widgets

        if made is mystery:  # which trains for longer than a check waits
            raise NotYet("Make a puzzle first, as in `puzzle = rk.mystery()`.")
        puzzle = made if isinstance(made, Puzzle) else call(made)
        if not isinstance(puzzle, Puzzle):
            what = f"It should be a puzzle from rk.mystery; it is {in_words(puzzle)}."
            raise NotYet(what)
        if hard and not puzzle.hard:
            raise NotYet("That is an easy one. Take one from rk.mystery(hard=True).")
        if not (puzzle.attempted or puzzle.revealed):
            raise NotAttempted(OPEN)
        yield from _diagnosed(puzzle)

    return Exercise(reference=_none, more=checks, hints=HINTS, passed=_passed)


def _diagnosed(puzzle: Any) -> Iterator[None]:
    """Yield for each agent that is diagnosed; raise NotYet where they are too few."""
    words = puzzle.look()
    for said in words.values():
        if not said:
            yield
    wrong = [f"{name}, {said}" for name, said in words.items() if said]
    if puzzle.score < ENOUGH and puzzle.revealed:
        raise NotYet(
            f"{puzzle.score} of {len(words)} agents were diagnosed when they were "
            f"revealed, and {ENOUGH} are asked. Take a puzzle with another seed."
        )
    if puzzle.score < ENOUGH:
        raise NotYet(
            f"{puzzle.score} of {len(words)} agents are diagnosed, and {ENOUGH} are "
            f"needed. {wrong[0]}"
        )


def _passed(count: int) -> str:
    return f"{count} agents are diagnosed. puzzle.reveal() tells who they were."


def _none() -> None:
    """Stand for a solved puzzle, which takes its time to make."""


HINTS = (
    "One shift at a time: pull it to the far end and go through all the agents.",
    "Read capability first. If it is below one half the agent breaks, and its "
    "alignment hardly matters; if not, its alignment decides.",
    "An agent may do something else under one shift and break under another.",
    "Lost capability calls for practice on such levels, a lost goal for levels that "
    "tell the goals apart.",
)
