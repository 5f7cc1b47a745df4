"""Checkers of lesson 07, more robust is not always better."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .checks import Exercise, GivesNone, Problem, Trouble, call, close, number, said

# skill-worth: whether competence helps


def skill_worth(competence: Any, earned: Any) -> str:
    """Return "helps", "hurts" or "neither"."""
    gain = earned[np.argmax(competence)] - earned[np.argmin(competence)]
    if abs(gain) <= 0.02:
        return "neither"
    return "helps" if gain > 0 else "hurts"


SWEEPS = (
    ([0, 0.5, 1], [0, 0.5, 1], "More competence earns more here."),
    ([0, 0.5, 1], [0, -0.2, -0.5], "More competence earns less here."),
    ([0, 0.5, 1], [0, 0.3, 0.01], "Compare the last degree with the first."),
    ([0, 0.5, 1], [0.4, 0.2, 0.3], "Less than before hurts, even above 0."),
    ([0, 0.5, 1], [-0.4, -0.5, -0.2], "More than before helps, even below 0."),
    ([1, 0.5, 0], [1, 0.5, 0], "The arrays need not be in order of competence."),
    ([0.5, 1, 0], [0.9, -0.3, 0.1], "The arrays need not be in order of competence."),
    (
        [0, 0.25, 0.5, 0.75, 1],
        [0.1, -0.5, 0.1, 0.7, 0.1],
        "Only first and last degree are compared, whatever lies between.",
    ),
    ([0, 1], [0, 0.015], "So small a difference counts for neither."),
)


def check_skill_worth(made: Any) -> Iterator[Problem]:
    """Check `skill_worth(competence, earned)`."""
    for competence, earned, thought in SWEEPS:
        given = np.array(competence, float), np.array(earned, float)
        try:
            word = call(made, *given)
        except Trouble as trouble:
            yield str(trouble)
            return
        right = isinstance(word, str) and word == skill_worth(*given)
        yield (
            None
            if right
            else (
                f"{thought} For competence {competence}, earned {earned}, yours gives "
                f"{said(word)}."
            )
        )
        if not right:
            return


# break-even: where flawless pursuit earns nothing


def break_even(share: Any, earned: Any) -> float | None:
    """Return the share of the base objective at which nothing is earned, or None."""
    if earned[0] > 0 or earned[-1] < 0:
        return None
    return float(np.interp(0.0, earned, share))


MAPS = (
    ([0, 0.5, 1], [-0.5, 0.5, 1]),
    ([0, 0.2, 0.4, 1], [-0.4, -0.1, 0.3, 1]),
    ([0, 0.1, 0.9, 1], [-0.3, -0.2, 0.05, 0.9]),
    ([0, 0.5, 1], [-1, 0, 1]),
    ([0, 1], [0.1, 1]),
    ([0, 0.3, 1], [-0.9, -0.5, -0.1]),
)


def _nearest(share: Any, earned: Any) -> float | None:
    if earned[0] > 0 or earned[-1] < 0:
        return None
    return float(share[np.argmin(np.abs(earned))])


def _first_above(share: Any, earned: Any) -> float | None:
    if earned[0] > 0 or earned[-1] < 0:
        return None
    return float(share[np.argmax(earned >= 0)])


def _ends_only(share: Any, earned: Any) -> float | None:
    if earned[0] > 0 or earned[-1] < 0:
        return None
    slope = (earned[-1] - earned[0]) / (share[-1] - share[0])
    return float(share[0] - earned[0] / slope)


MAP_THOUGHTS: dict[str, Callable[[Any, Any], float | None]] = {
    "That is the nearest share of the list; it lies between two of them.": _nearest,
    "That is the first share that earns something; it lies before it.": _first_above,
    "Join the two neighbours of 0, not the two ends.": _ends_only,
    "You found what is earned at share 0; the share at which 0 is earned is asked.": (
        lambda s, e: None if e[0] > 0 or e[-1] < 0 else float(np.interp(0.0, s, e))
    ),
    "What if all earn more than 0, or all less?": lambda s, e: float(
        np.interp(0.0, e, s)
    ),
}


def check_break_even(made: Any) -> Iterator[Problem]:
    """Check `break_even(share, earned)`."""
    given = [(np.array(s, float), np.array(e, float)) for s, e in MAPS]
    found: list[float | None] = []
    for share, earned in given:
        try:
            found.append(number(call(made, share.copy(), earned.copy())))
        except GivesNone:  # which is an answer too, but not to everything
            found.append(None)
        except Trouble as trouble:
            yield str(trouble)
            return
    if all(value is None for value in found):
        yield "It always gives None. Is a `return` missing?"
        return
    right = [break_even(*each) for each in given]
    if not all(map(_same, found, right)):
        for thought, wrong in MAP_THOUGHTS.items():
            if all(map(_same, found, [wrong(*each) for each in given])):
                yield thought
                return
    for value, expected, case in zip(found, right, MAPS, strict=True):
        if _same(value, expected):
            yield None
            continue
        if expected is None:
            yield "What if all earn more than 0, or all less?"
        else:
            yield f"For shares {case[0]} earning {case[1]} it gives {said(value)}."
        return


def _same(one: float | None, two: float | None) -> bool:
    if one is None or two is None:
        return one is two
    return close(one, two)


# expected-harm: an overseer's arithmetic


def expected_harm(disables: float, gems: int) -> float:
    """Return the expected number of harms of an episode."""
    return disables * gems + (1 - disables) * min(gems, 1)


OVERSEEN = ((0.0, 2), (1.0, 2), (0.5, 2), (0.8, 5), (0.3, 1), (0.6, 0), (0.0, 0))
HARM_THOUGHTS: dict[str, Callable[[float, int], float]] = {
    "An agent that does not disable the switch does one harm before it is stopped.": (
        lambda d, g: d * g
    ),
    "What if there are no gems at all?": lambda d, g: d * g + (1 - d),
    "Stopped *at* the first harm: it has been done by then, and no other.": (
        lambda d, g: d * g + (1 - d) * max(g - 1, 0)
    ),
    "With probability `disables` it is never stopped, not the other way round.": (
        lambda d, g: expected_harm(1 - d, g)
    ),
}


def check_expected_harm(made: Any) -> Iterator[Problem]:
    """Check `expected_harm(disables, gems)`."""
    try:
        found = [number(call(made, *given)) for given in OVERSEEN]
    except Trouble as trouble:
        yield str(trouble)
        return
    right = [expected_harm(*given) for given in OVERSEEN]
    if not all(map(close, found, right)):
        for thought, wrong in HARM_THOUGHTS.items():
            if all(map(close, found, [wrong(*given) for given in OVERSEEN])):
                yield thought
                return
    for value, expected, (disables, gems) in zip(found, right, OVERSEEN, strict=True):
        if not close(value, expected):
            yield (
                f"With probability {disables} of disabling and {gems} gems it gives "
                f"{value:.3g}."
            )
            return
        yield None


EXERCISES = {
    "skill-worth": Exercise(
        check_skill_worth,
        (
            "Which entry belongs to the highest competence? np.argmax says.",
            "The gain is what is earned there, less what is earned at the lowest.",
        ),
    ),
    "break-even": Exercise(
        check_break_even,
        (
            "np.interp goes along straight lines between points.",
            "It looks up y at x; here what is earned is x, and the share is y.",
            "First deal with the two cases in which 0 is never reached.",
        ),
    ),
    "expected-harm": Exercise(
        check_expected_harm,
        (
            "Two cases, each with its probability: the switch is off, or it is not.",
            "Stopped at the first harm: how many harms is that, if there is a gem?",
        ),
    ),
}
