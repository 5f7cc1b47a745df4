"""Exercises of lesson 05, moving through the plane."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from ...metrics import Estimate
from .. import solved
from ..answer import several, word
from ..exercise import Exercise

Pair = tuple[float, float]


UNKNOWN = float("nan")


def split_drop(before: Any, after: Any) -> Pair:
    """Return (due to capability, due to alignment)."""
    mean_c, mean_a = ((before[i] + after[i]) / 2 for i in (0, 1))
    return (after[0] - before[0]) * mean_a, (after[1] - before[1]) * mean_c


def split_path(capability: Any, alignment: Any) -> Pair:
    """Return (due to capability, due to alignment), summed over all steps."""
    skill, goal = _known_steps(capability, alignment)
    for (c1, a1), (c2, a2) in pairwise(zip(capability, alignment, strict=True)):
        if np.isnan(a1 + a2):
            skill += np.nan_to_num(c2 * a2) - np.nan_to_num(c1 * a1)
    return float(skill), goal


def _known_steps(capability: Any, alignment: Any) -> Pair:
    parts = np.zeros(2)
    for before, after in pairwise(zip(capability, alignment, strict=True)):
        if not np.isnan(before[1] + after[1]):
            parts += split_drop(before, after)
    return float(parts[0]), float(parts[1])


UNKNOWN_STEP = (
    "What becomes of a step with an unknown alignment? It is capability's, whole."
)


def what_moved(parts: Any) -> str:
    """Return "capability", "alignment", "both" or "neither"."""
    skill, goal = (part < -0.05 for part in parts)
    if skill and goal:
        return "both"
    if skill:
        return "capability"
    return "alignment" if goal else "neither"


HALF = 0.5
UNKNOWN_A = Estimate(UNKNOWN, -1.0, 1.0)


def misgeneralises(base_score: Any, capability: Any, alignment: Any) -> str:
    """Return "shown", "suggested" or "refuted", of estimates with `low` and `high`."""
    good, bad = (base_score, capability), alignment
    if all(each.low > HALF for each in good) and bad.high < HALF:
        return "shown"
    fails = any(each.high < HALF for each in good) or bad.low > HALF
    return "refuted" if fails else "suggested"


def _at(end: str) -> Callable[..., str]:
    """Return the same, of one number each: "value", or an end for all three."""

    def judged(*three: Any) -> str:
        numbers = [getattr(each, end) for each in three]
        return misgeneralises(*(Estimate(x, x, x) for x in numbers))

    return judged


def _without(place: int) -> Callable[..., str]:
    """Return the same, for which one of the three always does."""

    def judged(*three: Any) -> str:
        kept = list(three)
        kept[place] = Estimate(*[float(place < 2)] * 3)
        return misgeneralises(*kept)

    return judged


def _three(*ends: tuple[float, float]) -> tuple[Estimate, ...]:
    """Return estimates with these intervals, each with its middle for a value."""
    return tuple(Estimate(round((a + b) / 2, 6), a, b) for a, b in ends)


EXERCISES = {
    "split-drop": Exercise(
        reference=split_drop,
        cases=(
            ((1.0, 1.0), (0.4, 1.0)),
            ((0.9, 1.0), (0.9, 0.1)),
            ((1.0, 1.0), (0.5, 0.5)),
            ((0.813, 0.267), (0.6, -0.4)),
            ((0.3, 0.5), (0.7, 0.9)),
        ),
        mistakes={
            "Each change counts times the mean of the *other* axis.": lambda b, a: (
                (a[0] - b[0]) * (a[0] + b[0]) / 2,
                (a[1] - b[1]) * (a[1] + b[1]) / 2,
            ),
            "These are the changes of the axes. What is each worth to the scalar?": (
                lambda b, a: (a[0] - b[0], a[1] - b[1])
            ),
            "The parts should add up to the change of the scalar: the mean of the "
            "other axis, not its value before.": (
                lambda b, a: ((a[0] - b[0]) * b[1], (a[1] - b[1]) * b[0])
            ),
            "The parts should add up to the change of the scalar: the mean of the "
            "other axis, not its value after.": (
                lambda b, a: ((a[0] - b[0]) * a[1], (a[1] - b[1]) * a[0])
            ),
            "One change counts in full before the other begins. Neither comes first: "
            "take the mean of the other axis, before and after.": (
                lambda b, a: ((a[0] - b[0]) * b[1], (a[1] - b[1]) * a[0])
            ),
            "Neither change comes first: take the mean of the other axis, before and "
            "after.": lambda b, a: ((a[0] - b[0]) * a[1], (a[1] - b[1]) * b[0]),
            "A loss is below 0: after less before.": lambda b, a: split_drop(a, b),
            "Capability's part comes first.": lambda b, a: split_drop(b, a)[::-1],
            "A mean is half of the sum.": (
                lambda b, a: tuple(2 * part for part in split_drop(b, a))
            ),
        },
        read=several(2),
        hints=(
            "Change of capability: after[0] - before[0]. What is it multiplied by?",
            "By the mean of alignment before and after; and the other way round.",
            "Check yourself: the parts add up to the change of the product.",
        ),
    ),
    "split-path": Exercise(
        reference=split_path,
        cases=(
            ([1, 0.913, 0.8], [1, 0.627, 0.1]),
            ([1, 0.7, 0.4, 0.2], [1, 1, 0.9, 0.8]),
            ([0.9, 0.5, 0.05], [1, 0.9, UNKNOWN]),
            ([0.05, 0.4, 0.02, 0.5], [UNKNOWN, 0.5, UNKNOWN, -0.2]),
            ([0.01, 0.02], [UNKNOWN, UNKNOWN]),
        ),
        given=lambda *case: tuple(np.array(axis, float) for axis in case),
        mistakes={
            "That is one big step from start to end. Go step by step.": (
                lambda c, a: split_drop((c[0], a[0]), (c[-1], a[-1]))
            ),
            UNKNOWN_STEP: _known_steps,
            "A step with an unknown alignment at an end is capability's, not "
            "alignment's.": lambda c, a: (
                _known_steps(c, a)[0],
                sum(split_path(c, a)) - _known_steps(c, a)[0],
            ),
            "An unknown alignment is not 0: the whole step is capability's.": (
                lambda c, a: split_path(c, np.nan_to_num(a))
            ),
        },
        read=several(2),
        about=lambda pair, *case: UNKNOWN_STEP if np.isnan(pair).any() else "",
        hints=(
            "Go over neighbouring points; use split_drop for a step of known ends.",
            "np.isnan tells whether an alignment is unknown.",
            "A step with an unknown end: scalar after less scalar before, where an "
            "unknown scalar is 0, all of it capability's.",
        ),
    ),
    "what-moved": Exercise(
        reference=what_moved,
        cases=(
            ((-0.8, 0.0), "One part alone took something away."),
            ((0.0, -0.8), "One part alone took something away."),
            ((-0.4, -0.3), "Both parts took something away."),
            ((0.0, 0.0), "Nothing was lost."),
            ((-0.03, -0.02), "So little does not count."),
            ((0.3, -0.4), "A gain is not a loss."),
            ((0.3, 0.4), "A gain is not a loss."),
            ((-0.05, -0.9), "Exactly 0.05 is not more than 0.05."),
            ((-0.9, -0.05), "Exactly 0.05 is not more than 0.05."),
            ((-0.06, -0.9), "A part counts from 0.05 on, even beside a larger one."),
        ),
        given=lambda parts, about: (parts,),
        each=True,
        read=word,
        about=lambda value, parts, about: about,
        hints=(
            "For each part ask one thing: is it below -0.05?",
            "Two answers of yes or no make four cases.",
        ),
    ),
    "misgeneralises": Exercise(
        reference=misgeneralises,
        cases=(
            _three((0.9, 1.0), (0.9, 1.0), (-0.1, 0.1)),
            _three((0.2, 0.4), (0.9, 1.0), (-0.1, 0.1)),
            _three((0.9, 1.0), (0.0, 0.2), (-0.1, 0.1)),
            _three((0.9, 1.0), (0.9, 1.0), (0.8, 1.0)),
            _three((0.9, 1.0), (0.9, 1.0), (0.38, 0.52)),
            _three((0.44, 0.6), (0.9, 1.0), (-0.1, 0.1)),
            _three((0.9, 1.0), (0.42, 0.56), (-0.1, 0.1)),
            (*_three((0.9, 1.0), (0.45, 0.6)), UNKNOWN_A),
            _three((0.44, 0.6), (0.9, 1.0), (0.8, 1.0)),
            _three((0.5, 0.7), (0.9, 1.0), (-0.1, 0.1)),
        ),
        mistakes={
            "The values alone do not say how sure they are: look at the intervals, "
            "`.low` and `.high`.": _at("value"),
            "Could it do what was meant? The base score counts, too.": _without(0),
            "An agent that can do nothing after the shift pursues nothing: capability "
            "counts, too.": _without(1),
            "An agent that keeps to the base objective does not misgeneralise it: "
            "alignment counts, too.": _without(2),
            "Not shown is not refuted: an interval may reach across one half.": (
                lambda *three: {"suggested": "refuted"}.get(
                    misgeneralises(*three), misgeneralises(*three)
                )
            ),
            "Not refuted is not shown: an interval may reach across one half.": (
                lambda *three: {"suggested": "shown"}.get(
                    misgeneralises(*three), misgeneralises(*three)
                )
            ),
            "One that fails is enough to refute it.": lambda *three: (
                "refuted"
                if all(each.high < HALF for each in three[:2]) and three[2].low > HALF
                else {"refuted": "suggested"}.get(
                    misgeneralises(*three), misgeneralises(*three)
                )
            ),
        },
        read=word,
        hints=(
            "Take the surest end of each: for what should be high, the low end.",
            "Shown: all three are on the right side with the less favourable end.",
            "Refuted: one is on the wrong side even with its more favourable end.",
        ),
    ),
    "mystery": solved.exercise(hard=False),
}
