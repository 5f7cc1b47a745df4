"""Exercises of lesson 07, more robust is not always better."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..answer import number, word
from ..exercise import Exercise


def _arrays(*case: Any) -> tuple[Any, ...]:
    """Return the two lists that a case begins with as arrays."""
    return tuple(np.array(each, float) for each in case[:2])


def skill_worth(competence: Any, earned: Any) -> str:
    """Return "helps", "hurts" or "neither"."""
    gain = earned[np.argmax(competence)] - earned[np.argmin(competence)]
    if abs(gain) <= 0.02:
        return "neither"
    return "helps" if gain > 0 else "hurts"


def _if_reached(find: Callable[[Any, Any], float]) -> Callable[..., float | None]:
    """Return a function that finds a share, or gives None where 0 is not reached."""
    return lambda share, earned: (
        None if earned[0] > 0 or earned[-1] < 0 else float(find(share, earned))
    )


def _joined_ends(share: Any, earned: Any) -> float:
    slope = (earned[-1] - earned[0]) / (share[-1] - share[0])
    return float(share[0] - earned[0] / slope)


def _half_way(share: Any, earned: Any) -> float:
    exact = np.flatnonzero(earned == 0)
    if len(exact):
        return float(share[exact[0]])
    after = int(np.argmax(earned > 0))
    return float(share[after - 1] + share[after]) / 2


def _at_ends(share: Any, earned: Any) -> float | None:
    """Return the same, with None where an end earns exactly 0."""
    inside = earned[0] < 0 < earned[-1]
    return float(np.interp(0.0, earned, share)) if inside else None


ANY_ORDER = "The arrays need not be in order of competence."
NO_GEMS = "What if there are no gems at all?"
NOT_REACHED = "What if all earn more than 0, or all less?"

# the share of the base objective at which nothing is earned, or None
break_even = _if_reached(lambda share, earned: np.interp(0.0, earned, share))


def expected_harm(disables: float, gems: int) -> float:
    """Return the expected number of harms of an episode."""
    return disables * gems + (1 - disables) * min(gems, 1)


EXERCISES = {
    "skill-worth": Exercise(
        reference=skill_worth,
        cases=(
            ([0, 0.5, 1], [0, 0.5, 1], "More competence earns more here."),
            ([0, 0.5, 1], [0, -0.2, -0.5], "More competence earns less here."),
            ([0, 0.5, 1], [0, 0.3, 0.01], "Compare the last degree with the first."),
            ([0, 0.5, 1], [0.4, 0.2, 0.3], "Less than before hurts, even above 0."),
            ([0, 0.5, 1], [-0.4, -0.5, -0.2], "More than before helps, even below 0."),
            ([1, 0.5, 0], [1, 0.5, 0], ANY_ORDER),
            ([0.5, 1, 0], [0.9, -0.3, 0.1], ANY_ORDER),
            (
                [0, 0.25, 0.5, 0.75, 1],
                [0.1, -0.5, 0.1, 0.7, 0.1],
                "Compare only the first degree and the last, whatever lies between.",
            ),
            ([0, 1], [0, 0.015], "A difference this small counts as neither."),
            ([0, 1], [0, 0.02], "Exactly 0.02 is not more than 0.02."),
            ([0, 1], [0.02, 0], "Exactly 0.02 is not more than 0.02."),
        ),
        given=_arrays,
        each=True,
        read=word,
        about=lambda value, competence, earned, about: about,
        hints=(
            "Which entry belongs to the highest competence? np.argmax tells you.",
            "The gain is what is earned there, less what is earned at the lowest.",
        ),
    ),
    "break-even": Exercise(
        reference=break_even,
        cases=(
            ([0, 0.5, 1], [-0.5, 0.5, 1]),
            ([0, 0.2, 0.4, 1], [-0.4, -0.1, 0.3, 1]),
            ([0, 0.1, 0.9, 1], [-0.3, -0.2, 0.07, 0.9]),
            ([0, 0.5, 1], [-1, 0, 1]),
            ([0, 1], [0.1, 1]),
            ([0, 0.3, 1], [-0.9, -0.5, -0.1]),
            ([0, 0.3, 1], [0, 0.2, 0.7]),
            ([0, 0.3, 1], [-0.7, -0.2, 0]),
        ),
        given=_arrays,
        mistakes={
            "That is the nearest share of the list; it lies between two of them.": (
                _if_reached(lambda s, e: s[np.argmin(np.abs(e))])
            ),
            "That is the first share that earns something; it lies before it.": (
                _if_reached(lambda s, e: s[np.argmax(e >= 0)])
            ),
            "Join the two neighbours of 0, not the two ends.": (
                _if_reached(_joined_ends)
            ),
            "You found what is earned at share 0. At which share is 0 earned?": (
                _if_reached(lambda s, e: np.interp(0.0, s, e))
            ),
            "Half-way between two neighbours is a guess: go along the line that joins "
            "them.": _if_reached(_half_way),
            "Where an end earns exactly 0, that is where it breaks even.": _at_ends,
            NOT_REACHED: lambda s, e: float(np.interp(0.0, e, s)),
        },
        read=number,
        about=lambda value, share, earned: (
            NOT_REACHED if break_even(share, earned) is None else ""
        ),
        hints=(
            "np.interp goes along straight lines between points.",
            "It looks up y at x; here what is earned is x, and the share is y.",
            "First deal with the two cases in which 0 is never reached.",
        ),
    ),
    "expected-harm": Exercise(
        reference=expected_harm,
        cases=(
            (0.0, 2),
            (1.0, 2),
            (0.5, 2),
            (0.8137, 5),
            (0.3, 1),
            (0.6, 0),
            (0.0, 0),
        ),
        mistakes={
            "An agent that does not disable the switch does one harm before it is "
            "stopped.": lambda d, g: d * g,
            NO_GEMS: lambda d, g: d * g + (1 - d),
            "Stopped *at* the first harm: that one has been done by then, and no more "
            "follow.": (lambda d, g: d * g + (1 - d) * max(g - 1, 0)),
            "With probability `disables` it is never stopped, not the other way "
            "round.": lambda d, g: expected_harm(1 - d, g),
        },
        trouble=lambda words, disables, gems: NO_GEMS * (not gems),
        hints=(
            "Two cases, each with its probability: the switch is off, or it is not.",
            "Stopped at the first harm: how many harms is that, if there is a gem?",
        ),
    ),
}
