"""A guess that is made before the answer is seen, and shown beside it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import traitlets

from .. import arguments, record
from ..metrics import Point, Reading
from .again import remembering
from .base import Widget, checks
from .guessing import GUESS, KINDS, Answer, Question, both_ends, pair
from .readings import exact

NAG = "You made no guess here; next time, guess first."


class Guess(Widget, entry="predict"):
    """A question with a guess and, after `reveal`, the answer.

    value: the guess, None until it is made; in Python it can be set as well. A choice
    is one of the words, a number lies in the range, a point (or the end of an arrow) is
    [capability, alignment]; with parts it is a dict of these. result: the answer, None
    before the reveal; alignment is None in it where it is unknown. draft: what has been
    chosen and not confirmed, which counts as the guess where there is no other.
    confirmed: False if it had to count.
    """

    heard = ("draft",)
    seen = "value", "result"

    question = traitlets.Unicode().tag(sync=True)
    kind = traitlets.Enum(KINDS).tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    range = traitlets.List(traitlets.Float(), [0.0, 1.0]).tag(sync=True)
    step = traitlets.Float(0.01).tag(sync=True)
    whole = traitlets.Bool(False).tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    each = traitlets.List(traitlets.Unicode()).tag(sync=True)
    allowed = traitlets.Unicode().tag(sync=True)
    start: Any = traitlets.List().tag(sync=True)
    draft = traitlets.Any(None, allow_none=True).tag(sync=True)
    value = traitlets.Any(None, allow_none=True).tag(sync=True)
    result = traitlets.Any(None, allow_none=True).tag(sync=True)
    confirmed = traitlets.Bool(True).tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)

    def __init__(self, asked: Question) -> None:
        self._question = asked
        super().__init__(
            question=asked.words,
            kind=asked.kind,
            options=list(asked.options),
            range=list(asked.ends),
            step=asked.step,
            whole=asked.whole,
            unit=asked.unit,
            each=list(asked.each),
            allowed=asked.allowed,
            start=list(asked.start or ()),
        )
        self.said = self._said()

    @checks("draft", "value")
    def _possible(self, _: str, given: Any) -> Any:
        return None if given is None else self._question.guessed("value", given)

    @traitlets.observe("draft", "value", "result")
    def _changed(self, _: Any) -> None:
        self.said = self._said()

    @traitlets.observe("value", "result")
    def _kept(self, _: Any) -> None:
        if self.value is not None:
            asked = self._question.as_dict()
            record.guessed(asked, self.value, self.result, self.confirmed)

    def hears(self, name: Any) -> bool:
        """Return whether the front end may set a trait: once it is out, none."""
        return self.result is None and super().hears(name)

    def _acts(self) -> dict[str, Callable[[Any], None]]:
        return {"guess": self._guess, "again": self._again}

    def _guess(self, value: Any) -> None:
        """Take the guess that the front end commits, unless the answer is out."""
        if self.result is None:
            self.value = value

    def _again(self, _: Any) -> None:
        """Open a guess again, unless the answer is out."""
        if self.result is None:
            self.draft, self.value = self.value, None

    def reveal(self, result: Any) -> Answer:
        """Show the answer beside the guess; return both in words, with the distance.

        result: of the guess's kind, a number or an estimate of it; for a point or an
        arrow a reading does as well; with parts a dict of these, or all in their order.
        A draft that was not confirmed counts as the guess. Where there is neither the
        answer says so and nothing else happens, so that a notebook runs on.
        Raises ValueError for an answer that cannot be.
        """
        answer = self._question.observed("result", result)
        if self.value is None and self.draft is not None and self.result is None:
            self.confirmed, self.value = False, self.draft
        self.result = answer
        return self._words()

    def reopen(self) -> Guess:
        """Ask again where the answer was seen without a guess, and return this."""
        if self.result is not None and self.value is None:
            self.draft = self.result = None
        return self

    @property
    def ghosts(self) -> list[dict[str, Any]]:
        """The guess for a picture: its name and capability and alignment, or value.

        A place that has been answered says where the answer is, too, as "observed".
        Empty while there is no guess, and for choices.
        """
        value = self.draft if self.value is None else self.value
        if value is None or self.kind == "choice":
            return []
        if self.kind == "number":
            parts = value if self.each else {"": value}
            return [
                {"name": f"{GUESS} for {part}" if part else GUESS, "value": one}
                for part, one in parts.items()
                if one is not None
            ]
        ghost = {"name": GUESS, "capability": value[0], "alignment": value[1]}
        return [ghost if self.result is None else ghost | {"observed": self.result}]

    def as_dict(self) -> dict[str, Any]:
        """Return question, guess and answer as plain data, to be kept or collected."""
        names = "question", "kind", "value", "confirmed", "result"
        return {name: getattr(self, name) for name in names}

    def __str__(self) -> str:
        """Return question, guess and answer as text."""
        return str(self._words())

    def _words(self) -> Answer:
        words = Answer(f"{self.question} {self._said()}")
        words.question = self.question
        if self.result is not None and self.each and self.value is not None:
            words.rows = self._question.rows(self.value, self.result)
        return words

    def _said(self) -> str:
        asked, known = self._question, self.result is not None
        if self.value is None and not known:
            if self.draft is None:
                return "No guess yet."
            open_parts = asked.missing(self.draft)
            if open_parts:
                return f"Still to guess: {', '.join(open_parts)}."
            return "Not confirmed yet."
        seen = f" Observed: {asked.said(self.result)}." if known else ""
        if self.value is None:
            return f"{NAG}{seen}"
        sure = "" if self.confirmed else " (not confirmed)"
        made = f"Your guess{sure}: {asked.said(self.value)}.{seen}"
        return f"{made} {asked.distance(self.value, self.result)}" if known else made

    def picture(self) -> bytes | None:
        """Return guess and answer on the plane as PNG, where they are places."""
        named = {"before": self.start, GUESS: self.value, "observed": self.result}
        if self.kind not in ("point", "arrow") or not any(named.values()):
            return None
        from ..figures.plane import plane

        shown = [
            Point(exact(0.0), exact(place[0]), exact(place[1]), name)
            for name, place in named.items()
            if place
        ]
        return plane(shown, self.question).png()


def predict(
    question: str,
    *,
    choices: Sequence[str] | None = None,
    number: tuple[float, float] | None = None,
    unit: str = "",
    start: Reading | tuple[float, float] | None = None,
    each: Sequence[str] = (),
    value: Any = None,
) -> Guess:
    """Return a widget that takes a guess before the answer is seen.

    choices: words to choose from. number: the lowest and the highest guess, a whole
    number where both are whole and more than 2 apart; unit: what it counts, as "steps".
    With neither, the guess is a point on the plane, (capability, alignment). With
    `start`, a reading or a pair, it is the end of an arrow from there. each: names, for
    each of which a choice or a number is guessed. value: a guess made in code, for use
    without a widget. The guess is `.value`; `.reveal(answer)` shows both. In a
    notebook, the same question in the same cell keeps its guess when the cell is run
    again.
    Raises ValueError for both at once, for no choices, or for an impossible guess.
    """
    if choices is not None and number is not None:
        raise ValueError("choices and number are both given; allowed: one of them.")
    parts = _different("each", each) if each else ()
    if parts and choices is None and number is None:
        raise ValueError(
            f"each={each!r} is not possible for a point; allowed: with choices or "
            "number."
        )
    asked = Question(str(question), "point", each=parts, unit=str(unit))
    if choices is not None:
        words = _different("choices", choices)
        asked = replace(asked, kind="choice", options=words)
    elif number is not None:
        asked = replace(asked, kind="number", **_range(number))
    elif start is not None:
        place = pair("start", start, known=False)
        asked = replace(asked, kind="arrow", start=place)
    if value is None:
        return _remembered(asked).reopen()
    guess = Guess(asked)
    guess.value = value
    return guess


_remembered: Callable[[Question], Guess] = remembering(Guess)


def _different(name: str, given: Sequence[str]) -> tuple[str, ...]:
    words = tuple(str(word) for word in given)
    if len(words) < 2 or len(set(words)) < len(words) or isinstance(given, str):
        raise arguments.refusal(name, given, "two words or more, all different")
    return words


def _range(number: Any) -> dict[str, Any]:
    """Return the ends of a range, and whether it is one of whole numbers."""
    low, high = both_ends("number", number)
    counts = all(isinstance(arguments.plain(end), int) for end in number)
    return {"ends": (low, high), "whole": counts and high - low > 2}
