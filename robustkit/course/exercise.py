"""An exercise as data, and the one loop that checks what was made for it.

An exercise says what is asked (`reference`), on what it is tried (`cases`) and what
usually goes wrong (`mistakes`). Most need no more: whatever an answer gives, a learner
is told the call that failed, what came, what was expected, and how it is nearly right.
A new one is an entry in EXERCISES of a lesson's module, no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from .answer import (
    UNREADABLE,
    Ended,
    GivesNone,
    NotYet,
    call,
    changed,
    finite,
    look_for_a_function,
    plain,
    same,
)
from .nearly import nearly
from .words import asked, told_apart

Case = tuple[Any, ...]
ROOM = 270  # signs that a message may have
ODD = "It should be something else."
COPY = "that it is given{}. Work on a copy."
CHANGED = f"It changes the {{}} {COPY.format(', though its values are right')}"
ALSO = f" It also changes the {{}} {COPY.format('')}"


@dataclass
class Tried:
    """What an answer gives for a case.

    came, value: what it returns, and that as read. problem: why it cannot be read.
    ended: what it raised instead, and where. changed: what it changes of `given`.
    """

    case: Case
    given: Case
    came: Any = None
    value: Any = None
    problem: str = ""
    ended: str | None = None
    changed: str = ""


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """A question, what it is tried on, and what to say of answers that are not right.

    reference: a function that does what is asked.
    cases: what it is tried on, tuples; `given(*case)` makes arguments of each.
    mistakes: what to think about, to a function that makes the mistake.
    hints: from the gentlest to the plainest.
    read: (value, *case) to what is compared; raises NotYet, TypeError or ValueError.
    about: (value, *case) to what to think about where no mistake explains a value.
    trouble: (words, *case) to what to think about where calling or reading fails.
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
    about: Callable[..., str] = lambda value, *case: ""
    trouble: Callable[..., str] = lambda words, *case: ""
    each: bool = False
    spare: int = 0
    telling: int | None = None
    judge: Callable[..., str | None] | None = None
    more: Callable[[Any], Iterator[None]] | None = None
    passed: Callable[[int], str] = "All {} checks passed.".format

    def checks(self, answer: Any) -> Iterator[None]:
        """Yield for each check that passes; raise `NotYet` at the first that fails."""
        if self.cases:
            look_for_a_function(answer)
        for batch in [[case] for case in self.cases] if self.each else [self.cases]:
            tried = [self._try(answer, case) for case in batch]
            if len(tried) > 1 and all(one.came is one.ended is None for one in tried):
                raise GivesNone("It always gives None. Is a `return` missing?")
            tried.sort(key=lambda one: not one.problem)  # what cannot be read is first
            wrong = [self._wrong(answer, one, tried) for one in tried]
            spoilt = next(filter(None, (one.changed for one in tried)), "")
            for words in wrong:
                if words:
                    raise NotYet(words + ALSO.format(spoilt) * bool(spoilt))
                if spoilt and not any(wrong):
                    raise NotYet(CHANGED.format(spoilt))
                yield
        if self.more:
            yield from self.more(answer)

    def _right(self, case: Case) -> Any:
        return self.reference(*self.given(*case))

    def _try(self, answer: Any, case: Case) -> Tried:
        """Return what an answer gives for a case; raise `NotAttempted` for a stub."""
        given = deepcopy(self.given(*case))
        before = deepcopy(given)
        tried = Tried(case, given)
        try:
            tried.came = plain(call(answer, *given))
            tried.value = self.read(tried.came, *case)
        except GivesNone as trouble:
            if not self._may_be_none(case):
                tried.problem = str(trouble)
        except Ended as trouble:
            tried.problem, tried.ended = str(trouble), trouble.how
        except NotYet as trouble:
            tried.problem = str(trouble)
        except UNREADABLE as trouble:
            large = isinstance(trouble, OverflowError)  # whose own words are Python's
            tried.problem = "A number in it is too large." if large else ODD
        tried.changed = changed(given, before)
        # judged by what it was given, and by what that counts
        kept = zip(given, before, strict=True)
        tried.given = tuple(b if changed(a, b) else a for a, b in kept)
        return tried

    def _may_be_none(self, case: Case) -> bool:
        """Return whether None is an answer, or stands where NaN is one."""
        right = self._right(case)
        unknown = isinstance(right, float) and right != right
        return unknown or any(self._right(each) is None for each in self.cases)

    def _wrong(self, answer: Any, one: Tried, tried: Sequence[Tried]) -> str | None:
        """Return what is wrong with a case, or None."""
        right = self._right(one.case)
        if one.problem:
            words = self._of_problem(one, tried)
        elif self.judge:
            if not (words := self.judge(one.value, *one.given) or ""):
                return None
        elif same(one.value, right):
            return None
        elif thought := self._thought(tried):
            return thought
        else:
            words = self._nearly(tried) or self.about(one.value, *one.case)
        return f"{words} {self._seen(answer, one, ROOM - len(words))}".strip()

    def _seen(self, answer: Any, one: Tried, room: int) -> str:
        """Return the call of a case, what came and what was expected."""
        right = self._right(one.case)
        came, expected = told_apart(
            one.came if one.problem else one.value,
            right,
            70 if room - len(one.ended or "") > 100 else 20,
        )
        came = f"ended in {one.ended}" if one.ended else f"gives {came}"
        said = f"{came}; expected {expected}."
        # what it was given is said as it was before the answer had it
        given = self.given(*one.case)
        return f"{asked(answer, given, max(40, room - len(said)))} {said}"

    def _of_problem(self, one: Tried, tried: Sequence[Tried]) -> str:
        near = None if one.ended else self._nearly(tried)
        own = near or self.trouble(one.problem, *one.case)
        return own or one.problem * (one.ended is None)

    def _nearly(self, tried: Sequence[Tried]) -> str | None:
        """Return in what way all the cases tried are right but for one thing."""
        if self.judge:
            return None
        rights = [self._right(one.case) for one in tried]
        could = [self._right(case) for case in self.cases]
        words = all(isinstance(each, str) for each in could)
        return nearly(
            [
                (one.came, right, partial(_read, self.read, one.case))
                for one, right in zip(tried, rights, strict=True)
            ],
            [] if any(one.problem for one in tried) else [one.value for one in tried],
            [*dict.fromkeys(could)] if words else [],
        )

    def _thought(self, tried: Sequence[Tried]) -> str | None:
        """Return what to think about: of the mistake that explains the most values.

        It has to explain one that is wrong, too: most of them are right here and there.
        """
        seen = tried[: self.telling]
        wrong = [one for one in seen if not self._fits(one, self.reference)]
        misses = {
            thought: sum(not self._fits(one, mistake) for one in seen)
            for thought, mistake in self.mistakes.items()
            if not wrong or any(self._fits(one, mistake) for one in wrong)
        }
        fewest = min(misses, key=lambda thought: misses[thought], default=None)
        return fewest if fewest and misses[fewest] <= self.spare else None

    def _fits(self, one: Tried, made: Callable[..., Any]) -> bool:
        """Return whether `made` gives what came of a case."""
        with np.errstate(all="ignore"):  # of what a mistake makes of a case
            return not one.problem and same(one.value, made(*self.given(*one.case)))


def _read(read: Callable[..., Any], case: Case, value: Any) -> Any:
    return read(value, *case)
