"""Checkers of lesson 04, the plane."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .checks import Exercise, NotAttempted, Problem, Trouble, call, close, number, said

# place-agent: from scores to capability and alignment

Place = tuple[float, float | None]


def place_agent(scores: Any, base: str) -> Place:
    """Return (capability, alignment or None)."""
    capability = max(0.0, *scores.values())
    if capability <= 0.1:
        return capability, None
    return capability, scores[base] / capability


PLACES = (
    ({"cheese": 0.9, "corner": 0.2}, "cheese"),
    ({"cheese": 0.1, "corner": 0.8}, "cheese"),
    ({"corner": 0.5, "cheese": 0.25}, "cheese"),
    ({"coins": -0.4, "gems": 0.8, "half": 0.5}, "coins"),
    ({"cheese": 0.05, "corner": 0.08}, "cheese"),
    ({"cheese": -0.3, "corner": -0.2}, "cheese"),
    ({"cheese": 0.1, "corner": 0.02}, "cheese"),
)
PLACE_THOUGHTS: dict[str, Callable[[Any, str], Any]] = {
    "Capability is the best of all scores, not the one at the base objective.": (
        lambda s, b: (max(0.0, s[b]), 1.0 if s[b] > 0.1 else None)
    ),
    "Alignment is a share of capability: divide by it.": (
        lambda s, b: (
            place_agent(s, b)[0],
            None if place_agent(s, b)[1] is None else s[b],
        )
    ),
    "Alignment is a share of capability, and of next to no capability nothing can be "
    "said.": lambda s, b: (max(0.0, *s.values()), s[b]),
    "Which score is the base objective's? It need not be the first.": (
        lambda s, b: place_agent(s, next(iter(s)))
    ),
    "Where capability is 0.1 or less, nothing can be said about alignment.": (
        lambda s, b: (max(0.0, *s.values()), s[b] / max(1e-9, max(s.values())))
    ),
    "Capability is never below 0.": (
        lambda s, b: (
            max(s.values()),
            s[b] / max(s.values()) if max(s.values()) > 0.1 else None,
        )
    ),
}


def check_place_agent(made: Any) -> Iterator[Problem]:
    """Check `place_agent(scores, base)`."""
    found: list[Place] = []
    for scores, base in PLACES:
        try:
            given = call(made, dict(scores), base)
            capability, alignment = given
            pair = (
                number(capability),
                None if alignment is None else number(alignment),
            )
        except Trouble as trouble:
            yield (
                "It divides by a capability of 0. Return None for alignment before."
                if "ZeroDivision" in str(trouble)
                else str(trouble)
            )
            return
        except (TypeError, ValueError):
            yield f"It should return two things; it returns {said(given)}."
            return
        found.append(pair)
    right = [place_agent(scores, base) for scores, base in PLACES]
    if not all(map(_same, found, right)):
        for thought, wrong in PLACE_THOUGHTS.items():
            if all(
                _same(pair, wrong(scores, base))
                for pair, (scores, base) in zip(found, PLACES, strict=True)
            ):
                yield thought
                return
    for pair, expected, (scores, base) in zip(found, right, PLACES, strict=True):
        if _same(pair, expected):
            yield None
            continue
        if (pair[1] is None) != (expected[1] is None):
            yield (
                "Where capability is 0.1 or less, nothing can be said about "
                f"alignment; look at {scores} again."
            )
        else:
            yield f"For {scores} with base {base!r} it gives {said(pair)}."
        return


def _same(one: Any, two: Any) -> bool:
    if (one[1] is None) != (two[1] is None):
        return False
    return close(one[0], two[0]) and (one[1] is None or close(one[1], two[1]))


# plane-gap: what the goal costs


def alignment_gap(capability: float, alignment: float) -> float:
    """Return the base return that the goal costs, not the skill."""
    return capability * (1 - alignment)


GAPS = ((1.0, 1.0), (0.9, 0.1), (0.5, 0.5), (0.8, -0.25), (0.3, 1.0), (1.0, -1.0))
GAP_THOUGHTS: dict[str, Callable[[float, float], float]] = {
    "That is the scalar itself. What would it be with an alignment of 1?": (
        lambda c, a: c * a
    ),
    "You compare with optimal play, 1; what could this agent earn, as able as it is?": (
        lambda c, a: 1 - c * a
    ),
    "That is how far alignment is from 1. What is it worth to an agent this able?": (
        lambda c, a: 1 - a
    ),
    "Both numbers are shares, so they multiply: look at the scalar again.": (
        lambda c, a: c - a
    ),
    "Less base return than it could have is a cost above 0.": (
        lambda c, a: c * (a - 1)
    ),
}


def check_alignment_gap(made: Any) -> Iterator[Problem]:
    """Check `alignment_gap(capability, alignment)`."""
    try:
        found = [number(call(made, *given)) for given in GAPS]
    except Trouble as trouble:
        yield str(trouble)
        return
    right = [alignment_gap(*given) for given in GAPS]
    if not all(map(close, found, right)):
        for thought, wrong in GAP_THOUGHTS.items():
            if all(map(close, found, [wrong(*given) for given in GAPS])):
                yield thought
                return
    for value, expected, given in zip(found, right, GAPS, strict=True):
        if not close(value, expected):
            yield (
                f"For capability {given[0]} and alignment {given[1]} it gives "
                f"{value:.3g}."
            )
            return
        yield None


# same-curve: all places of one scalar


def same_curve(scalar: float, capability: Any) -> Any:
    """Return [capabilities], alignment on the curve of this scalar, or nan."""
    alignment = np.full(len(capability), np.nan)
    fits = (capability > 0) & (np.abs(scalar) <= capability)
    alignment[fits] = scalar / capability[fits]
    return alignment


CURVES = (0.5, 0.25, -0.4, 1.0, -0.9, 0.0)


def check_same_curve(made: Any) -> Iterator[Problem]:
    """Check `same_curve(scalar, capability)`."""
    across = np.linspace(0, 1, 9)
    for scalar in CURVES:
        given = across.copy()
        try:
            with np.errstate(all="ignore"):
                up = np.asarray(call(made, scalar, given), float)
        except NotAttempted:
            raise
        except (Trouble, TypeError, ValueError) as trouble:
            yield f"It should return an array of numbers. {trouble}"
            return
        if up.shape != across.shape:
            yield f"It should return {len(across)} alignments; it has shape {up.shape}."
            return
        if not np.array_equal(given, across):
            yield "It changes the array that it was given."
            return
        right = same_curve(scalar, across)
        if np.allclose(up, right, equal_nan=True):
            yield None
            continue
        fits = ~np.isnan(right)
        if np.allclose(up[fits], scalar * across[fits]) and scalar:
            yield "Multiplying gives a scalar. You have the scalar and want a factor."
        elif np.allclose(up[fits], right[fits], equal_nan=True):
            if np.nanmax(np.abs(np.append(up, 0))) > 1 + 1e-9:
                yield "Alignment lies between -1 and 1; what if none there would do?"
            else:
                yield (
                    "Where no alignment would do, the answer is nan, not the nearest "
                    "that there is."
                )
        elif scalar < 0 and np.isnan(up[fits]).any():
            yield "A scalar can be below 0, and then so is alignment."
        elif np.array_equal(np.isnan(up), ~fits | (across == abs(scalar))):
            yield (
                "Where capability is just as large as the scalar, an alignment of 1 or "
                "-1 does."
            )
        else:
            pairs = zip(across.round(3).tolist(), up.round(2).tolist(), strict=True)
            yield (
                f"The curve of scalar {scalar} is not right; capability and alignment: "
                f"{said([*pairs], 200)}."
            )
        return


EXERCISES = {
    "place-agent": Exercise(
        check_place_agent,
        (
            "Capability first: the largest of the scores, or 0.",
            "Alignment is what share of capability the base objective's score is.",
            "Return None for alignment before you would divide by almost nothing.",
        ),
    ),
    "plane-gap": Exercise(
        check_alignment_gap,
        (
            "What would it earn with the same capability and an alignment of 1?",
            "The gap is that, less what it does earn.",
        ),
    ),
    "same-curve": Exercise(
        check_same_curve,
        (
            "scalar = capability × alignment; solve for alignment.",
            "Begin with an array of nan and fill in the places where it fits.",
            "It fits where capability is above 0 and at least as large as the scalar, "
            "its sign left aside.",
        ),
    ),
}
