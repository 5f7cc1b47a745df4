"""An exercise as data, and the one loop that checks what was made for it.

An exercise says what is asked (`reference`), on what it is tried (`cases`) and what
usually goes wrong (`mistakes`). Most need no more; the other fields say how an answer
is read and shown. A new one is an entry in EXERCISES of a lesson's module, no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Case = tuple[Any, ...]

# What a learner gives: called, read, compared and said in words, whatever it is

UNREADABLE = (TypeError, ValueError, OverflowError)  # what an odd value raises


class NotAttempted(Exception):
    """Raised where there is nothing but the stub, in words if these are its own."""


class NotYet(Exception):
    """Raised where an answer is not right, in words for the learner."""


class GivesNone(NotYet):
    """Raised where a function that is no stub gives None."""


def in_words(thing: Any, longest: int = 80) -> str:
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
    """Return what a learner's function gives; raise `NotAttempted` for a stub.

    Whatever goes wrong inside is raised as `NotYet`.
    """
    if not callable(function):
        raise NotYet(f"It should be a function; it is {in_words(function)}.")
    try:
        with np.errstate(all="ignore"):  # what comes of it is looked at
            value = function(*given)
    except BaseException as trouble:
        raise NotYet(f"Calling it ended in {in_words(trouble)}.") from None
    if value is Ellipsis or (value is None and _is_stub(function)):
        raise NotAttempted
    if value is None:
        raise GivesNone("It gives None for what it is asked. Is a `return` missing?")
    return value


def _stub() -> None: ...


def _is_stub(function: Any) -> bool:
    """Return whether a function's body is nothing but a docstring and `...`."""
    code: Any = getattr(function, "__code__", None)
    short = len(getattr(code, "co_code", b"")) == len(_stub.__code__.co_code)
    return short and not code.co_names


def finite(value: Any, *case: Any) -> float:
    """Return a learner's value as a finite float; raise `NotYet` if it is none."""
    try:
        result = float(value)
    except BaseException:
        given = in_words(value)
        raise NotYet(f"It should give one number; it gives {given}.") from None
    if isinstance(value, (str, bool)) or not np.isfinite(result):
        raise NotYet(f"It should give a finite number; it gives {in_words(value)}.")
    return result


def as_it_is(value: Any, *case: Any) -> Any:
    """Return a learner's value, which may be anything."""
    return value


def same(value: Any, right: Any) -> bool:
    """Return whether a value is like the right one, with numbers to six digits."""
    if right is None or isinstance(right, str):
        return type(value) is type(right) and bool(value == right)
    if isinstance(right, dict):
        return set(value) == set(right) and all(same(value[k], right[k]) for k in right)
    if isinstance(right, (tuple, list)):
        return len(value) == len(right) and all(map(same, value, right))
    if isinstance(right, np.ndarray) and right.ndim:
        return np.shape(value) == right.shape and all(map(same, value, right))
    try:
        number, other = float(value), float(right)
    except UNREADABLE:
        return False
    unknown = number != number and other != other
    return unknown or abs(number - other) <= 1e-6 * max(1.0, abs(other))


# What is asked


def led_by(lead: str) -> Callable[..., str]:
    """Return a `trouble` that begins with `lead`, unless that has been said."""
    return lambda words, *case: (
        words if words.startswith("It should return") else f"{lead} {words}"
    )


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """A question, what it is tried on, and what to say of answers that are not right.

    reference: a function that does what is asked.
    cases: what it is tried on, tuples; `given(*case)` makes arguments of each.
    mistakes: what to think about, to a function that makes the mistake.
    hints: from the gentlest to the plainest.
    read: (value, *case) to what is compared; raises NotYet, TypeError or ValueError.
    show: (value, *case) to words for a wrong value that no mistake explains.
    trouble: (words, *case) to words, where calling or reading fails.
    changed: words for an answer that changes its arguments; where empty it may.
    each: whether a case is judged as soon as it is tried, rather than all together.
    spare: how many cases a mistake may leave unexplained.
    telling: how many of the first cases mistakes are recognised by; all if None.
    judge: (value, *arguments) to what is wrong or None, in place of comparing.
    more: (answer) to further checks: yields for each that passes, or raises NotYet.
    passed: (how many passed) to words for an answer that is correct.

    None is an answer where the reference gives it for some case.
    """

    reference: Callable[..., Any]
    cases: Sequence[Case] = ()
    mistakes: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    hints: tuple[str, ...]
    given: Callable[..., Case] = lambda *case: case
    read: Callable[..., Any] = finite
    show: Callable[..., str] = lambda value, *case: (
        f"For one of the cases it gives {value:.4g}, which is not right yet."
    )
    trouble: Callable[..., str] = lambda words, *case: words
    changed: str = ""
    each: bool = False
    spare: int = 0
    telling: int | None = None
    judge: Callable[..., str | None] | None = None
    more: Callable[[Any], Iterator[None]] | None = None
    passed: Callable[[int], str] = "All {} checks passed.".format

    def checks(self, answer: Any) -> Iterator[None]:
        """Yield for each check that passes; raise `NotYet` at the first that fails."""
        for batch in [[case] for case in self.cases] if self.each else [self.cases]:
            tried = [self._try(answer, case) for case in batch]
            values = [value for value, _ in tried]
            if len(values) > 1 and all(value is None for value in values):
                raise GivesNone("It always gives None. Is a `return` missing?")
            for case, (value, given) in zip(batch, tried, strict=True):
                if self.judge:
                    if problem := self.judge(value, *given):
                        raise NotYet(problem)
                elif not same(value, self._right(case)):
                    thought = self._thought(batch, values)
                    raise NotYet(thought or self.show(value, *case))
                yield
        if self.more:
            yield from self.more(answer)

    def _right(self, case: Case) -> Any:
        return self.reference(*self.given(*case))

    def _try(self, answer: Any, case: Case) -> tuple[Any, Case]:
        """Return what an answer gives for a case, and the arguments it was given."""
        given = deepcopy(self.given(*case))
        try:
            value = self.read(call(answer, *given), *case)
        except (NotYet, *UNREADABLE) as trouble:
            nothing = isinstance(trouble, GivesNone)
            if nothing and any(self._right(each) is None for each in self.cases):
                return None, given
            large = isinstance(trouble, OverflowError)  # whose own words are Python's
            said = "A number in it is too large." if large else str(trouble)
            raise NotYet(self.trouble(said, *case)) from None
        if self.changed and not same(given, self.given(*case)):
            raise NotYet(self.changed)
        return value, given

    def _thought(self, batch: Sequence[Case], values: list[Any]) -> str | None:
        """Return what to think about: of the mistake that explains the most values."""
        seen = list(zip(batch, values, strict=True))[: self.telling]
        misses = {
            thought: sum(
                not same(value, mistake(*self.given(*case))) for case, value in seen
            )
            for thought, mistake in self.mistakes.items()
        }
        fewest = min(misses, key=lambda thought: misses[thought], default="")
        return fewest if misses.get(fewest, len(seen)) <= self.spare else None
