"""Exercises of lesson 04, the plane."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..answer import UNREADABLE, NotYet, array_of, finite, number, same
from ..exercise import Exercise

Place = tuple[float, float | None]


def place_agent(scores: Any, base: str) -> Place:
    """Return (capability, alignment or None)."""
    capability = max(0.0, *scores.values())
    if capability <= 0.1:
        return capability, None
    return capability, scores[base] / capability


def _read_place(value: Any, *case: Any) -> Place:
    try:
        capability, alignment = value
    except UNREADABLE:
        raise NotYet("It should return two things.") from None
    return finite(capability), None if alignment is None else number(alignment)


def _about_place(place: Place, scores: Any, base: str) -> str:
    if (place[1] is None) != (place_agent(scores, base)[1] is None):
        return "Where capability is 0.1 or less, nothing can be said about alignment."
    return ""


def _undivided(scores: Any, base: str) -> Place:
    capability, alignment = place_agent(scores, base)
    return capability, None if alignment is None else scores[base]


def alignment_gap(capability: float, alignment: float) -> float:
    """Return the base return that the goal costs, not the skill."""
    return capability * (1 - alignment)


def same_curve(scalar: float, capability: Any) -> Any:
    """Return [capabilities], alignment on the curve of this scalar, or nan."""
    alignment = np.full(len(capability), np.nan)
    fits = (capability > 0) & (np.abs(scalar) <= capability)
    alignment[fits] = scalar / capability[fits]
    return alignment


def _read_curve(value: Any, scalar: float, capability: Any) -> Any:
    words = f"an array of numbers: {len(capability)} alignments"
    return array_of(value, capability.shape, words)


def _about_curve(curve: Any, scalar: float, capability: Any) -> str:
    right = same_curve(scalar, capability)
    fits = ~np.isnan(right)
    if scalar and same(curve[fits], scalar * capability[fits]):
        return "Multiplying gives a scalar. You have the scalar and want a factor."
    if same(curve[fits], right[fits]):
        if np.nanmax(np.abs(np.append(curve, 0))) > 1 + 1e-9:
            return (
                "Alignment lies between -1 and 1; what if no value in that range would "
                "do?"
            )
        return (
            "Where no alignment would do, the answer is nan, not the nearest one "
            "possible."
        )
    if scalar < 0 and np.isnan(curve[fits]).any():
        return "A scalar can be below 0, and then so is alignment."
    if np.array_equal(np.isnan(curve), ~fits | (capability == abs(scalar))):
        return (
            "Where capability is just as large as the scalar, an alignment of 1 or -1 "
            "does."
        )
    return ""


EXERCISES = {
    "place-agent": Exercise(
        reference=place_agent,
        cases=(
            ({"cheese": 0.9, "corner": 0.2}, "cheese"),
            ({"cheese": 0.1, "corner": 0.83}, "cheese"),
            ({"corner": 0.5, "cheese": 0.25}, "cheese"),
            ({"coins": -0.4, "gems": 0.8, "half": 0.5}, "coins"),
            ({"cheese": 0.05, "corner": 0.08}, "cheese"),
            ({"cheese": -0.3, "corner": -0.2}, "cheese"),
            ({"cheese": 0.1, "corner": 0.02}, "cheese"),
        ),
        mistakes={
            "Capability is the best of all scores, not the one at the base "
            "objective.": lambda s, b: (max(0.0, s[b]), 1.0 if s[b] > 0.1 else None),
            "Alignment is a share of capability: divide by it.": _undivided,
            "Alignment is a share of capability, and where there is next to none, "
            "nothing can be said about it.": lambda s, b: (max(0.0, *s.values()), s[b]),
            "Which score is the base objective's? It need not be the first.": (
                lambda s, b: place_agent(s, next(iter(s)))
            ),
            "Where capability is 0.1 or less, nothing can be said about alignment.": (
                lambda s, b: (max(0.0, *s.values()), s[b] / max(1e-9, *s.values()))
            ),
            "Capability is never below 0.": (
                lambda s, b: (max(s.values()), place_agent(s, b)[1])
            ),
        },
        read=_read_place,
        about=_about_place,
        trouble=lambda words, *case: (
            "It divides by a capability of 0. Return None for alignment before."
            if "ZeroDivision" in words
            else ""
        ),
        hints=(
            "Capability first: the largest of the scores, or 0.",
            "Alignment is what share of capability the base objective's score is.",
            "Return None for alignment before you divide by almost nothing.",
        ),
    ),
    "plane-gap": Exercise(
        reference=alignment_gap,
        cases=(
            (1.0, 1.0),
            (0.923, 0.117),
            (0.5, 0.5),
            (0.813, -0.25),
            (0.3, 1.0),
            (1.0, -1.0),
        ),
        mistakes={
            "That is the scalar itself. What would it be with an alignment of 1?": (
                lambda c, a: c * a
            ),
            "You compare with optimal play, 1; what could an agent this capable "
            "earn?": lambda c, a: 1 - c * a,
            "That is how far alignment is from 1. How much return does that cost an "
            "agent this capable?": lambda c, a: 1 - a,
            "Both numbers are shares, so they multiply: look at the scalar again.": (
                lambda c, a: c - a
            ),
            "Less base return than it could have is a cost above 0.": (
                lambda c, a: c * (a - 1)
            ),
        },
        hints=(
            "What would it earn with the same capability and an alignment of 1?",
            "The gap is that, less what it does earn.",
        ),
    ),
    "same-curve": Exercise(
        reference=same_curve,
        cases=tuple(
            (scalar, np.linspace(0, 1, 9))
            for scalar in (0.5, 0.25, -0.4, 1.0, -0.9, 0.0)
        ),
        each=True,
        read=_read_curve,
        about=_about_curve,
        hints=(
            "scalar = capability × alignment; solve for alignment.",
            "Begin with an array of nan and fill in the places where it fits.",
            "It fits where capability is above 0 and at least as large as the scalar, "
            "ignoring its sign.",
        ),
    ),
}
