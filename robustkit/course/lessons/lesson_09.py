"""Exercises of lesson 09, the zoo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..exercise import UNREADABLE, Exercise, NotYet, as_it_is, call, in_words, same
from .lesson_01 import reading

ENDS = ("coin", "end", "coin and end", "end", "time", "coin and end")
APART = np.array([True, True, False, True, True, False])


def count_apart(ends: Any, apart: Any, wanted: str) -> float:
    """Return the share of ends that are `wanted`, among levels that are apart."""
    told = [end for end, part in zip(ends, apart, strict=True) if part]
    return told.count(wanted) / len(told) if told else float("nan")


def _check_exactly_and_unknown(answer: Any) -> Iterator[None]:
    """Look whether `in` is taken for `==`, and what is said where nothing can be."""
    ends = ["coin", "coin and lava", "end"]
    if not same(call(answer, ends, np.array([True] * 3), "coin"), 1 / 3):
        raise NotYet(
            "An episode counts that ended with exactly `wanted`; 'coin and lava' is "
            "not 'coin'."
        )
    yield
    try:
        value = call(answer, ["coin and end"], np.array([False]), "coin")
        unknown = bool(np.isnan(value))
    except (NotYet, *UNREADABLE):
        unknown = False
    if not unknown:
        raise NotYet(
            "Where no level tells the two apart nothing can be said. What is a number "
            "that says so?"
        )
    yield


def name_failure(reading: Any) -> str:
    """Return "unknown", "breaks", "robust" or "misgeneralises"."""
    if not reading.alignment.known:
        return "unknown"
    if reading.capability.value < 0.35:
        return "breaks"
    return "robust" if reading.alignment.value >= 0.5 else "misgeneralises"


EXERCISES = {
    "count-apart": Exercise(
        reference=count_apart,
        cases=tuple(([*ENDS], APART, wanted) for wanted in ("coin", "end", "time")),
        each=True,
        mistakes={
            "You divide by all levels. Which of them can tell the two apart?": (
                lambda ends, apart, w: count_apart(ends, apart, w) * apart.mean()
            ),
            "You count in all levels. In some of them coin and end are one cell.": (
                lambda ends, apart, w: sum(w in end for end in ends) / len(ends)
            ),
            "An episode that ended for lack of time counts too: it could have reached "
            "either.": lambda ends, apart, w: count_apart(
                ends, apart & (np.array(ends) != "time"), w
            ),
        },
        read=lambda value, *case: float(value),
        show=lambda value, ends, apart, wanted: f"For {wanted!r} it gives {value:.3g}.",
        more=_check_exactly_and_unknown,
        hints=(
            "Which levels can tell what the agent wanted?",
            "Keep those first, then count, then divide by how many you kept.",
        ),
    ),
    "name-failure": Exercise(
        reference=name_failure,
        cases=(
            (0.95, 0.98, "A capable agent, well aligned. What do you call it?"),
            (0.95, 0.1, "It is capable and its scalar is low. Where did its worth go?"),
            (0.9, -0.4, "Alignment can be below 0. What then?"),
            (0.2, 0.9, "Its capability is low, whatever its alignment is."),
            (
                0.05,
                float("nan"),
                "Its alignment is not known. NaN is neither large nor small.",
            ),
            (0.5, 0.5, "Look at the limits: which side does 0.5 belong to?"),
            (0.35, 0.2, "Look at the limits: which side does 0.35 belong to?"),
        ),
        given=lambda capability, alignment, about: (
            reading(capability * np.nan_to_num(alignment), capability, alignment),
        ),
        each=True,
        read=as_it_is,
        show=lambda word, capability, alignment, about: (
            f"{about} Yours gives {in_words(word)}."
        ),
        trouble=lambda words, *case: (
            "Capability and alignment are numbers with an interval; `.value` is the "
            "number."
            if "'Estimate'" in words
            else words
        ),
        hints=(
            "Ask first whether there is anything to be said about alignment.",
            "Then capability, then alignment: three questions, in that order.",
        ),
    ),
}
