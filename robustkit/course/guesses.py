"""A guess as it stands in a progress file: looked at, judged and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..widgets.guessing import NEAR, RIGHT, Question


@dataclass(frozen=True)
class Made:
    """A learner's guess: the question, the value and the answer if known.

    notebook: where it was made, as "04-the-plane"; "" where nothing tells.
    """

    asked: Question
    value: Any
    answer: Any
    notebook: str

    @property
    def judged(self) -> list[str]:
        """Whether each thing guessed is right, near or off; [] without an answer."""
        if self.answer is None:
            return []
        return self.asked.judged(self.value, self.answer)

    def seen(self) -> str:
        """Return in words what came out, and how far off the guess was."""
        if self.answer is None:
            return "not shown yet"
        off = self.asked.distance(self.value, self.answer)
        return f"{self.asked.said(self.answer)}. {off}"


def made(entry: Mapping[str, Any]) -> Made:
    """Return the guess of an entry; raise ValueError where it cannot be one."""
    asked, answer = Question.of(entry["asked"]), entry["answer"]
    value = asked.guessed("guess", entry["guess"])
    if answer is not None:
        answer = asked.observed("answer", answer)
    return Made(asked, value, answer, entry["notebook"])


def tally(guesses: Iterable[Made]) -> str:
    """Return how many guesses were right or near, "" where no answer is known."""
    came = Counter(word for guess in guesses for word in guess.judged)
    if not came:
        return ""
    near = f", {came[NEAR]} near," if came[NEAR] else ""
    return f"{came[RIGHT]} right{near} of {came.total()}"
