"""What can be guessed, and in words: a guess, the answer, and how far off it was.

A value is plain JSON: a word for a choice, a number, or [capability, alignment] for a
point and for the end of an arrow; for a question with parts, one of these by part.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from .. import arguments
from ..arguments import quote
from ..text import number as said

GUESS = "your guess"  # what it is called on a picture
KINDS = ("choice", "number", "point", "arrow")
RIGHT, NEAR, OFF = "right", "near", "off"
CLOSE = 0.1  # of a range, within which a guess is near
MOST, LEAST = 1e9, 1e-9  # what a number can be guessed to be, and a range be long
LONGEST = 500  # signs of a question or a choice in a file
FINE = 100  # steps that a slider has at least, unless it counts whole things
Place = tuple[float, float | None]


class Answer(str):
    """What came of a guess: a string, which a notebook shows as a paragraph.

    question: what the string begins with. rows: of each part its name, the guess, the
    answer and how far off it was, for a table in place of the sentences.
    """

    question: str = ""
    rows: Sequence[Sequence[str]] = ()

    def _repr_html_(self) -> str:
        shown = escape(self.removeprefix(self.question).strip())
        if self.rows:
            head, *rows = [["", "your guess", "observed", ""], *self.rows]
            lines = "".join(f"<tr>{_cells('td', row)}</tr>" for row in rows)
            shown = f"<table><tr>{_cells('th', head)}</tr>{lines}</table>"
        return (
            '<div style="border-left: 5px solid var(--jp-info-color1, #888); '
            f'padding: 0.3em 0.8em; max-width: 60em"><b>{escape(self.question)}</b>'
            f"<div>{shown}</div></div>"
        )

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


def _cells(tag: str, row: Sequence[str]) -> str:
    left = ' style="text-align: left"'
    return "".join(f"<{tag}{left}>{escape(cell)}</{tag}>" for cell in row)


@dataclass(frozen=True)
class Question:
    """A question, and what is a possible guess.

    options: of a choice. ends: the lowest and the highest number. whole: whether it
    counts whole things. unit: what a number counts. start: of an arrow. each: parts
    that are guessed one by one, if there are any.
    """

    words: str
    kind: str
    options: tuple[str, ...] = ()
    ends: tuple[float, float] = (0.0, 1.0)
    whole: bool = False
    unit: str = ""
    start: Place | None = None
    each: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the question as plain data, without what is as usual."""
        usual = Question("", "")
        own = {k: v for k, v in vars(self).items() if v != getattr(usual, k)}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in own.items()}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Question:
        """Return the question that `as_dict` gave; raise ValueError for none of these.

        What comes from a file is looked at as what comes from a caller is.
        """
        given: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in plain.items()
        }
        try:
            asked = cls(**given)
        except TypeError:
            raise ValueError(f"question={quote(plain)} is not a question.") from None
        words = asked.words, asked.unit, *asked.options, *asked.each
        fits = all(isinstance(word, str) for word in words) and asked.kind in KINDS
        if asked.kind == "choice":
            fits = fits and len(asked.options) > 1
        if not fits or max(map(len, words)) > LONGEST or not asked.words:
            raise ValueError(f"question={quote(plain)} is not a question.")
        ends = both_ends("ends", asked.ends)
        start = None if asked.start is None else pair("start", asked.start, known=False)
        return replace(asked, whole=bool(asked.whole), ends=ends, start=start)

    @property
    def step(self) -> float:
        """By how much a slider moves: 1, or a power of ten in a hundredth of it."""
        if self.whole:
            return 1.0
        return float(
            10.0 ** math.floor(math.log10((self.ends[1] - self.ends[0]) / FINE))
        )

    @property
    def allowed(self) -> str:
        """What may be typed, as a sentence; "" where nothing is typed."""
        if self.kind == "choice":
            return ""
        if self.kind != "number":
            return "Allowed: capability from 0 to 1, alignment from -1 to 1."
        kind = "a whole number" if self.whole else "a number"
        low, high = self.ends
        return f"Allowed: {kind} from {low:g} to {high:g}."

    def guessed(self, name: str, given: Any) -> Any:
        """Return a guess as plain JSON; raise ValueError if it cannot be one.

        Parts may be missing, but not all of them.
        """
        if not self.each:
            return self._guess(name, given)
        parts = self._parts(name, given)
        found = {
            part: None if one is None else self._guess(f"{name}[{part!r}]", one)
            for part, one in parts.items()
        }
        if all(one is None for one in found.values()):
            raise ValueError(f"{name}={quote(given)}; allowed: a guess of a part.")
        return found

    def observed(self, name: str, given: Any) -> Any:
        """Return an answer as plain JSON; raise ValueError if it cannot be one.

        A number may lie where nobody could guess it, and an alignment be unknown.
        """
        if not self.each:
            return self._answer(name, given)
        parts = self._parts(name, given)
        return {k: self._answer(f"{name}[{k!r}]", one) for k, one in parts.items()}

    def missing(self, value: Any) -> list[str]:
        """Return the parts that have not been guessed."""
        return [part for part in self.each if value[part] is None]

    def said(self, value: Any) -> str:
        """Return a guess or an answer in words."""
        if self.each:
            return "; ".join(f"{k}: {self.said_alone(x)}" for k, x in value.items())
        return self.said_alone(value)

    def distance(self, value: Any, result: Any) -> str:
        """Return in a sentence how far a guess is from the answer."""
        if not self.each:
            off = self._off(value, result)
            near = self.kind == "choice" or off == RIGHT
            return f"{off.capitalize()}." if near else f"Your guess was {off}."
        if self.kind == "choice":
            right = sum(value[part] == result[part] for part in self.each)
            return f"{right} of {len(self.each)} right."
        rows = self.rows(value, result)
        return f"{'; '.join(f'{part}: {off}' for part, _, _, off in rows)}."

    def judged(self, value: Any, result: Any) -> list[str]:
        """Return "right", "near" or "off" for the guess, or for each part guessed.

        Near is a number within a tenth of its range, and a place within a tenth of the
        range of both axes.
        """
        if not self.each:
            return [self._judge(value, result)]
        every = ((value[part], result[part]) for part in self.each)
        return [self._judge(one, seen) for one, seen in every if one is not None]

    def _judge(self, value: Any, result: Any) -> str:
        if self.kind == "choice":
            return RIGHT if value == result else OFF
        if "too" not in self._off(value, result):
            return RIGHT
        if self.kind == "number":
            value, result, ends = [value], [result], [self.ends]
        else:
            ends = [(0.0, 1.0), (-1.0, 1.0)]
        near = all(
            seen is None or abs(one - seen) <= CLOSE * (high - low) + 1e-9
            for one, seen, (low, high) in zip(value, result, ends, strict=True)
        )  # what lies on the edge is within
        return NEAR if near else OFF

    def rows(self, value: Any, result: Any) -> list[list[str]]:
        """Return of each part its name, guess, answer and how far off it was."""
        guesses = value or dict.fromkeys(self.each)
        return [
            [part, self.said_alone(one), self.said_alone(seen), self._off(one, seen)]
            for part, one, seen in (
                (part, guesses[part], result[part]) for part in self.each
            )
        ]

    def _guess(self, name: str, given: Any) -> Any:
        if self.kind == "choice":
            return arguments.one_of(name, given, self.options)
        if self.kind == "number" and self.whole:
            return arguments.whole(name, given, int(self.ends[0]), int(self.ends[1]))
        if self.kind == "number":
            return arguments.number(name, given, *self.ends)
        return list(pair(name, given))

    def _answer(self, name: str, given: Any) -> Any:
        if self.kind == "choice":
            return arguments.one_of(name, given, self.options)
        if self.kind == "number":  # an estimate is a number with an interval
            return arguments.number(name, getattr(given, "value", given))
        return list(pair(name, given, known=False))

    def _parts(self, name: str, given: Any) -> dict[str, Any]:
        """Return what is given by part, whether it came as a dict or in order."""
        if isinstance(given, Mapping):
            parts = {part: given.get(part) for part in self.each}
            fits = set(given) <= set(self.each)
        else:
            many = list(given) if isinstance(given, Sequence) else []
            fits = len(many) == len(self.each) and not isinstance(given, str)
            parts = dict(zip(self.each, many, strict=False))
        if not fits:
            allowed = f"one for each of {', '.join(self.each)}"
            raise arguments.refusal(name, given, allowed)
        return parts

    def said_alone(self, value: Any) -> str:
        """Return in words what is guessed or seen of one part, or of the whole."""
        if value is None:
            return "no guess"
        if self.kind == "choice":
            return str(value)
        if self.kind == "number":
            unit = self.unit.removesuffix("s") if value == 1 else self.unit
            return f"{said(value, self._form(value))} {unit}".rstrip()
        return f"capability {said(value[0])}, alignment {said(value[1])}"

    def _form(self, value: float) -> str:
        """Return the format of a number: whole things may come out at a part of one."""
        if self.whole:
            return ".0f" if float(value).is_integer() else ".1f"
        return f".{max(0, -round(math.log10(self.step)))}f"

    def _off(self, value: Any, result: Any) -> str:
        if value is None:
            return "not guessed"
        if self.kind == "choice":
            return RIGHT if value == result else "not so"
        if self.kind == "number":
            return _side(value - result, self._form(value - result)) or RIGHT
        axes = "capability", "alignment"
        sides = [
            f"{_side(a - b) or RIGHT} in {axis}"
            for axis, a, b in zip(axes, value, result, strict=True)
            if b is not None
        ]
        return " and ".join(sides)


def _side(gap: float, form: str = ".2f") -> str:
    """Return by how much a guess was too high or too low, "" if it was right."""
    size = said(abs(gap), form)
    if not size.strip("0."):
        return ""
    return f"{size} too {'high' if gap > 0 else 'low'}"


def both_ends(name: str, given: Any) -> tuple[float, float]:
    """Return the lowest and the highest number of a range; raise ValueError if none."""
    many = list(given) if isinstance(given, Sequence) else []
    ends = [arguments.number(name, end, -MOST, MOST) for end in many]
    if len(ends) != 2 or not ends[1] - ends[0] >= LEAST:
        raise ValueError(f"{name}={quote(given)}; allowed: (lowest, highest).")
    return ends[0], ends[1]


def pair(name: str, given: Any, known: bool = True) -> Place:
    """Return (capability, alignment) of a reading or a pair.

    Alignment may be None, unknown, only where it need not be known.
    """
    if hasattr(given, "capability"):  # a reading, or a population of them
        up = given.alignment
        given = given.capability.value, up.value if up.known else None
    both = list(given) if isinstance(given, Sequence) else []
    if len(both) != 2:
        raise arguments.refusal(name, given, "(capability, alignment)")
    capability = arguments.number("capability", both[0], 0, 1)
    if both[1] is None and not known:
        return capability, None
    return capability, arguments.number("alignment", both[1], -1, 1)
