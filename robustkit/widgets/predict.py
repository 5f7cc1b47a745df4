"""A guess that is committed before the reveal, and shown beside the result after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import traitlets

from .. import arguments
from ..arguments import quote
from ..metrics import Point, Reading
from ..text import number as said
from .base import Widget, checks
from .readings import exact

KINDS = ("choice", "number", "point", "arrow")


class Guess(Widget, entry="predict"):
    """A question with a guess and, after `reveal`, a result.

    value: the guess, None until it is committed; in Python it can be set as well. A
    choice is one of `options`, a number lies in `range`, a point (or the end of an
    arrow from `start`) is (capability, alignment). result: the same, None before the
    reveal; alignment is None in it where it is unknown.
    """

    heard = "draft", "value"
    seen = "value", "result"

    question = traitlets.Unicode().tag(sync=True)
    kind = traitlets.Enum(KINDS).tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    range = traitlets.List(traitlets.Float(), [0.0, 1.0]).tag(sync=True)
    start: Any = traitlets.List().tag(sync=True)
    draft = traitlets.Any(None, allow_none=True).tag(sync=True)
    value = traitlets.Any(None, allow_none=True).tag(sync=True)
    result = traitlets.Any(None, allow_none=True).tag(sync=True)

    @checks("draft", "value")
    def _possible(self, _: str, given: Any) -> Any:
        return None if given is None else self._checked("value", given)

    def _acts(self) -> dict[str, Callable[[Any], None]]:
        return {"guess": self._guess}

    def _guess(self, value: Any) -> None:
        """Take the guess that the front end commits, unless the result is out."""
        if self.result is None:
            self.value = value

    def _checked(self, name: str, given: Any) -> Any:
        if self.kind == "choice":
            return arguments.one_of(name, given, self.options)
        if self.kind == "number":
            return arguments.number(name, given, *self.range)
        return _pair(name, given)

    def reveal(self, result: Any) -> str:
        """Show the result beside the guess, and return both in words.

        result: of the guess's kind; for a point or an arrow a reading does as well.
        Raises ValueError for a result that cannot be, or before there is a guess.
        """
        if self.value is None:
            raise ValueError(
                "value is None: there is no guess yet; allowed: commit one in the "
                "widget, or set `.value`."
            )
        self.result = self._checked("result", result)
        return str(self)

    def __str__(self) -> str:
        """Return question, guess and result as text."""
        said = f"{self.question} predicted: {_words(self.value)}"
        if self.result is not None:
            said += f", observed: {_words(self.result)}"
        return said

    def picture(self) -> bytes | None:
        """Return guess and result on the plane as PNG, where they are places."""
        named = {"before": self.start, "guess": self.value, "observed": self.result}
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
    start: Reading | tuple[float, float] | None = None,
    value: Any = None,
) -> Guess:
    """Return a widget that takes a guess before the reveal.

    choices: words to choose from. number: the lowest and the highest guess. With
    neither, the guess is a point on the plane, (capability, alignment); with `start`, a
    reading or a pair, it is where an arrow from there ends. value: a guess already, for
    use as a plain variable without a widget. The guess is `.value`; `.reveal(result)`
    shows both and returns them in words.
    Raises ValueError for both at once, no choices, or a guess that cannot be.
    """
    if choices is not None and number is not None:
        raise ValueError("choices and number are both given; allowed: one of them.")
    if choices is not None:
        words = [str(word) for word in choices]
        if len(words) < 2 or len(set(words)) < len(words):
            raise ValueError(
                f"choices={choices!r} is not possible; allowed: two words or more, all "
                "different."
            )
        guess = Guess(question=question, kind="choice", options=words)
    elif number is not None:
        low, high = (arguments.number("number", end) for end in number)
        if not low < high:
            raise ValueError(f"number={number!r}; allowed: (lowest, highest).")
        guess = Guess(question=question, kind="number", range=[low, high])
    elif start is not None:
        guess = Guess(question=question, kind="arrow", start=_pair("start", start))
    else:
        guess = Guess(question=question, kind="point")
    if value is not None:
        guess.value = value
    return guess


def _pair(name: str, given: Any) -> list[float | None]:
    """Return [capability, alignment] of a reading or a pair.

    Alignment is None where it is unknown, as a guess cannot be.
    """
    if hasattr(given, "capability"):  # a reading, or a population of them
        up = given.alignment
        given = given.capability.value, up.value if up.known else None
    pair = list(given) if isinstance(given, Sequence) else []
    if len(pair) != 2:
        raise ValueError(
            f"{name}={quote(given)} is not possible; allowed: (capability, alignment)."
        )
    capability = arguments.number("capability", pair[0], 0, 1)
    if pair[1] is None and name != "value":
        return [capability, None]
    return [capability, arguments.number("alignment", pair[1], -1, 1)]


def _words(value: Any) -> str:
    if value is None:
        return "nothing yet"
    if isinstance(value, list):
        return f"capability {said(value[0])}, alignment {said(value[1])}"
    return said(value) if isinstance(value, float) else str(value)
