"""Exercises of lesson 09, the zoo."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..answer import number, word
from ..exercise import Exercise
from .lesson_01 import reading

ENDS = ("coin", "end", "coin and end", "end", "time", "coin and end")
APART = np.array([True, True, False, True, True, False])


def count_apart(ends: Any, apart: Any, wanted: str) -> float:
    """Return the share of ends that are `wanted`, among levels that are apart."""
    told = [end for end, part in zip(ends, apart, strict=True) if part]
    return told.count(wanted) / len(told) if told else float("nan")


def _count_in(ends: Any, apart: Any, wanted: str) -> float:
    told = [wanted in end for end, part in zip(ends, apart, strict=True) if part]
    return sum(told) / len(told) if told else float("nan")


NONE_APART = (
    "Where no level tells the two apart nothing can be said. What is a number that "
    "says so?"
)


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
        cases=(
            (["coin", "coin"], np.array([True] * 2), "coin"),  # right with `//`, too
            *(([*ENDS], APART, wanted) for wanted in ("coin", "end", "time")),
            (["coin", "coin and lava", "end"], np.array([True] * 3), "coin"),
            (["coin and end"], np.array([False]), "coin"),
        ),
        each=True,
        mistakes={
            "A share is not a whole number: is there a `//` where `/` is meant?": (
                lambda ends, apart, w: count_apart(ends, apart, w) // 1
            ),
            "An episode counts that ended with exactly `wanted`; 'coin and lava' is "
            "not 'coin'.": _count_in,
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
        read=number,
        about=lambda value, ends, apart, wanted: NONE_APART * (not any(apart)),
        trouble=lambda words, ends, apart, wanted: NONE_APART * (not any(apart)),
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
            (0.2, 0.9, "Its capability is low, so its alignment hardly matters."),
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
        read=word,
        about=lambda value, capability, alignment, about: about,
        trouble=lambda words, *case: (
            "Capability and alignment are numbers with an interval; `.value` is the "
            "number."
            if "'Estimate'" in words
            else ""
        ),
        hints=(
            "Ask first whether there is anything to be said about alignment.",
            "Then capability, then alignment: three questions, in that order.",
        ),
    ),
}
