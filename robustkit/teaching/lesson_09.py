"""Checkers of lesson 09, the zoo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .checks import Exercise, Problem, Trouble, call, said
from .lesson_01 import reading as _reading

# count-apart: count only on levels that tell base and proxy apart


def count_apart(ends: Any, apart: Any, wanted: str) -> float:
    """Return the share of ends that are `wanted`, among levels that are apart."""
    told = [end for end, part in zip(ends, apart, strict=True) if part]
    return told.count(wanted) / len(told) if told else float("nan")


def check_count_apart(made: Any) -> Iterator[Problem]:
    """Check `count_apart(ends, apart, wanted)`."""
    ends = ["coin", "end", "coin and end", "end", "time", "coin and end"]
    apart = np.array([True, True, False, True, True, False])
    wrong = {
        "You divide by all levels. Which of them can tell the two apart?": lambda w: (
            count_apart(ends, apart, w) * apart.sum() / len(ends)
        ),
        "You count in all levels. In some of them coin and end are one cell.": (
            lambda w: sum(w in end for end in ends) / len(ends)
        ),
        "An episode that ended for lack of time counts too: it could have reached "
        "either.": lambda w: ends[:2].count(w) / 3 if w == "coin" else 2 / 3,
    }
    for wanted in ("coin", "end", "time"):
        try:
            value = float(call(made, list(ends), apart.copy(), wanted))
        except (Trouble, TypeError, ValueError) as trouble:
            yield str(trouble)
            return
        if abs(value - count_apart(ends, apart, wanted)) < 1e-9:
            yield None
            continue
        thoughts = [t for t, f in wrong.items() if abs(value - f(wanted)) < 1e-9]
        yield thoughts[0] if thoughts else f"For {wanted!r} it gives {value:.3g}."
        return
    yield _exactly(made)
    yield from _nothing_to_tell(made)


def _exactly(made: Any) -> Problem:
    """Return what to think about where it takes `in` for `==`."""
    ends = ["coin", "coin and lava", "end"]
    value = float(call(made, ends, np.array([True] * 3), "coin"))
    if abs(value - 1 / 3) < 1e-9:
        return None
    return (
        "An episode counts that ended with exactly `wanted`; 'coin and lava' is not "
        "'coin'."
    )


def _nothing_to_tell(made: Any) -> Iterator[Problem]:
    try:
        value = call(made, ["coin and end"], np.array([False]), "coin")
        unknown = bool(np.isnan(value))
    except (Trouble, TypeError, ValueError):
        unknown = False
    yield (
        None
        if unknown
        else (
            "Where no level tells the two apart nothing can be said. What is a number "
            "that says so?"
        )
    )


# name-failure: a word for a reading


def name_failure(reading: Any) -> str:
    """Return "unknown", "breaks", "robust" or "misgeneralises"."""
    if not reading.alignment.known:
        return "unknown"
    if reading.capability.value < 0.35:
        return "breaks"
    return "robust" if reading.alignment.value >= 0.5 else "misgeneralises"


def check_name_failure(made: Any) -> Iterator[Problem]:
    """Check `name_failure(reading)`."""
    cases = [
        (0.95, 0.98, "A capable agent, well aligned. What do you call it?"),
        (0.95, 0.1, "It is capable and its scalar is low. Where did its worth go?"),
        (0.9, -0.4, "Alignment can be below 0. What then?"),
        (0.2, 0.9, "Its capability is low, whatever its alignment is."),
        (0.05, None, "Its alignment is not known. NaN is neither large nor small."),
        (0.5, 0.5, "Look at the limits: which side does 0.5 belong to?"),
        (0.35, 0.2, "Look at the limits: which side does 0.35 belong to?"),
    ]
    for capability, alignment, thought in cases:
        up = float("nan") if alignment is None else alignment
        reading = _reading(capability * (alignment or 0), capability, up)
        try:
            word = call(made, reading)
        except Trouble as trouble:
            compares = "'Estimate'" in str(trouble)
            yield (
                "Capability and alignment are numbers with an interval; `.value` is "
                "the number."
                if compares
                else str(trouble)
            )
            return
        right = isinstance(word, str) and word == name_failure(reading)
        yield None if right else f"{thought} Yours gives {said(word)}."
        if not right:
            return


EXERCISES = {
    "count-apart": Exercise(
        check_count_apart,
        (
            "Which levels can tell what the agent wanted?",
            "Keep those first, then count, then divide by how many you kept.",
        ),
    ),
    "name-failure": Exercise(
        check_name_failure,
        (
            "Ask first whether there is anything to be said about alignment.",
            "Then capability, then alignment: three questions, in that order.",
        ),
    ),
}
