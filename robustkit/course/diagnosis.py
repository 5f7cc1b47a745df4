"""What happens to an agent under a shift, read off its numbers and off nothing else.

Rules, by intervals and at the last grade of the shift: an agent *breaks* if its
capability lies below one half, does *something else* if its capability lies above and
its alignment below, and stays *robust* if both lie above.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..metrics import Point
from ..text import number

BREAKS, ELSE, ROBUST = HAPPENS = ("breaks", "something else", "robust")
PRACTICE, TELLING, BOTH, NOTHING = HELPS = (
    "practice", "telling levels", "both", "nothing",
)  # fmt: skip
HELP = {
    PRACTICE: "Practice on such levels is what helps.",
    TELLING: "Levels that tell the goals apart are what helps.",
    BOTH: "Both practice and levels that tell the goals apart are needed.",
    NOTHING: "Nothing needs to be done.",
}
HALF = 0.5
MARGIN = 0.05  # by which a puzzle's numbers keep clear of one half
Way = Sequence[Point]  # readings at the grades of a shift; the first is training


def happens(point: Point, margin: float = 0.0) -> str | None:
    """Return which of `HAPPENS` a reading is, None where an interval cannot tell.

    margin: by which intervals have to keep clear of one half.
    """
    capability, alignment = point.capability, point.alignment
    if capability.high < HALF - margin:
        return BREAKS
    if capability.low <= HALF + margin:
        return None
    if alignment.high < HALF - margin:
        return ELSE
    return ROBUST if alignment.low > HALF + margin else None


def along(way: Way, spare: float = 0.0) -> str | None:
    """Return what happens along a shift; None where it is not clear enough to ask.

    It is clear if training is robust, the last grade keeps clear of one half by
    `MARGIN`, and no grade in between says anything else. spare: how much clearer it
    has to be.
    """
    first, *between, last = way
    found = happens(last, MARGIN + spare)
    if happens(first, MARGIN + spare) != ROBUST or found is None:
        return None
    fits = {ROBUST} if found == ROBUST else {ROBUST, None, found}
    return found if {happens(point, spare) for point in between} <= fits else None


def helps(found: Sequence[str]) -> str:
    """Return what helps an agent to which this happens under the shifts."""
    lost = BREAKS in found, ELSE in found
    return {(True, True): BOTH, (True, False): PRACTICE, (False, True): TELLING}.get(
        lost, NOTHING
    )


@dataclass(frozen=True)
class Answer:
    """What is said of an agent: what happens under each shift in turn, and what helps.

    "" stands for what has not been said.
    """

    happens: tuple[str, ...]
    helps: str = ""

    @property
    def whole(self) -> tuple[str, ...]:
        """All that is said, in the order in which it is asked."""
        return *self.happens, self.helps


def diagnosis(ways: Sequence[Way], spare: float = 0.0) -> Answer | None:
    """Return what is true of an agent; None unless it is clear under every shift."""
    found = [along(way, spare) for way in ways]
    known = tuple(each for each in found if each is not None)
    return Answer(known, helps(known)) if len(known) == len(found) else None


# In words


def reason(name: str, truth: Answer, ways: Sequence[Way], shifts: Sequence[str]) -> str:
    """Return why a diagnosis is right, from the numbers.

    shifts: what each is called, the first time with what it is.
    """
    parts = [
        _because(what, way, shift)
        for what, way, shift in zip(truth.happens, ways, shifts, strict=True)
        if what != ROBUST
    ]
    if not parts:
        least = min(min(p.capability.value, p.alignment.value) for w in ways for p in w)
        parts = [
            "stays robust under every shift: capability and alignment never fall "
            f"below {number(least)}"
        ]
    return f"{name} {'; it '.join(parts)}. {HELP[truth.helps]}"


def _because(what: str, way: Way, shift: str) -> str:
    before, after = way[0], way[-1]
    can = number(before.capability.value), number(after.capability.value)
    if what == BREAKS:
        known = after.alignment.known
        rest = number(after.alignment.value) if known else "unknown"
        return (
            f"breaks under {shift}: capability falls from {can[0]} to {can[1]} "
            f"(alignment there is {rest})"
        )
    fell = number(before.alignment.value), number(after.alignment.value)
    return (
        f"does something else under {shift}: alignment falls from {fell[0]} to "
        f"{fell[1]}, and capability is still {can[1]}"
    )


LOOK = {  # what is true, to what to look at; never the answer itself
    BREAKS: "an agent that cannot do anything pursues nothing. What is left of its "
    "capability at the far end?",
    ELSE: "first compare its capability at the far end with one half, then its "
    "alignment: is it lost, or capable of something, and of what?",
    ROBUST: "read both numbers at the far end again. Is either below one half?",
}
HELPFUL = (
    "lost capability calls for practice, a lost goal for levels that tell the goals "
    "apart. Which of the two did it lose, and under which shifts?"
)


def look(said: Answer, truth: Answer, shifts: Sequence[str]) -> str:
    """Return in words what to look at again, "" where all that is said is right."""
    for given, right, shift in zip(said.happens, truth.happens, shifts, strict=True):
        if given and given != right:
            return f"{shift}: {LOOK[right]}"
    open_parts = [
        x for g, x in zip(said.whole, [*shifts, "what helps"], strict=True) if not g
    ]
    if open_parts:
        return f"still open: {', '.join(open_parts)}."
    return "" if said.helps == truth.helps else f"what helps: {HELPFUL}"
