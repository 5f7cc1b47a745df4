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

from .answer import UNREADABLE, GivesNone, NotYet, call, finite, same

Case = tuple[Any, ...]


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

    def checks(self, answer: Any) -> Iterator[None]:
        """Yield for each check that passes; raise `NotYet` at the first that fails."""
        for batch in [[case] for case in self.cases] if self.each else [self.cases]:
            tried = [self._try(answer, case) for case in batch]
            values = [value for value, _ in tried]
            if len(values) > 1 and all(value is None for value in values):
                raise GivesNone("It always gives None. Is a `return` missing?")
            for case, (value, given) in zip(batch, tried, strict=True):
                if self.judge:
                    problem = self.judge(value, *given)
                elif same(value, self._right(case)):
                    problem = None
                else:
                    thought = self._thought(batch, values)
                    problem = thought or self.show(value, *case)
                if problem:
                    raise NotYet(problem)
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
            raise NotYet(self.trouble(str(trouble), *case)) from None
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
