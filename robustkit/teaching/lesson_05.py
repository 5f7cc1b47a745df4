"""Checkers of lesson 05, moving through the plane."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from .checks import Exercise, Problem, Trouble, call, close, number, said

Pair = tuple[float, float]


def _pair(made: Any, *given: Any) -> Pair:
    """Return what a learner's function gives as two numbers; raise Trouble if none."""
    value = call(made, *given)
    try:
        one, two = value
    except (TypeError, ValueError):
        raise Trouble(
            f"It should return two numbers; it returns {said(value)}."
        ) from None
    return number(one), number(two)


def _agree(one: Pair, two: Pair) -> bool:
    return close(one[0], two[0]) and close(one[1], two[1])


# split-drop: one step


def split_drop(before: Any, after: Any) -> Pair:
    """Return (due to capability, due to alignment)."""
    mean_c, mean_a = ((before[i] + after[i]) / 2 for i in (0, 1))
    return (after[0] - before[0]) * mean_a, (after[1] - before[1]) * mean_c


STEPS = (
    ((1.0, 1.0), (0.4, 1.0)),
    ((0.9, 1.0), (0.9, 0.1)),
    ((1.0, 1.0), (0.5, 0.5)),
    ((0.8, 0.2), (0.6, -0.4)),
    ((0.3, 0.5), (0.7, 0.9)),
)
STEP_THOUGHTS: dict[str, Callable[[Any, Any], Pair]] = {
    "Each change counts times the mean of the *other* axis.": (
        lambda b, a: (
            (a[0] - b[0]) * (a[0] + b[0]) / 2,
            (a[1] - b[1]) * (a[1] + b[1]) / 2,
        )
    ),
    "These are the changes of the axes. What is each worth to the scalar?": (
        lambda b, a: (a[0] - b[0], a[1] - b[1])
    ),
    "The parts should add up to the change of the scalar: the mean of the other axis, "
    "not its value before.": lambda b, a: (
        (a[0] - b[0]) * b[1],
        (a[1] - b[1]) * b[0],
    ),
    "The parts should add up to the change of the scalar: the mean of the other axis, "
    "not its value after.": lambda b, a: (
        (a[0] - b[0]) * a[1],
        (a[1] - b[1]) * a[0],
    ),
    "One change counts in full before the other begins. Neither comes first: take the "
    "mean of the other axis, before and after.": lambda b, a: (
        (a[0] - b[0]) * b[1],
        (a[1] - b[1]) * a[0],
    ),
    "Neither change comes first: take the mean of the other axis, before and after.": (
        lambda b, a: ((a[0] - b[0]) * a[1], (a[1] - b[1]) * b[0])
    ),
    "A loss is below 0: after less before.": lambda b, a: split_drop(a, b),
    "Capability's part comes first.": lambda b, a: split_drop(b, a)[::-1],
    "A mean is half of the sum.": lambda b, a: (
        2 * split_drop(b, a)[0],
        2 * split_drop(b, a)[1],
    ),
}


def check_split_drop(made: Any) -> Iterator[Problem]:
    """Check `split_drop(before, after)`."""
    try:
        found = [_pair(made, *step) for step in STEPS]
    except Trouble as trouble:
        yield str(trouble)
        return
    right = [split_drop(*step) for step in STEPS]
    if not all(map(_agree, found, right)):
        for thought, wrong in STEP_THOUGHTS.items():
            if all(map(_agree, found, [wrong(*step) for step in STEPS])):
                yield thought
                return
    for pair, expected, step in zip(found, right, STEPS, strict=True):
        if not _agree(pair, expected):
            yield f"From {step[0]} to {step[1]} it gives {said(pair)}."
            return
        yield None


# split-path: all steps, with unknown alignments


def split_path(capability: Any, alignment: Any) -> Pair:
    """Return (due to capability, due to alignment), summed over all steps."""
    skill = goal = 0.0
    steps = zip(
        capability[:-1], alignment[:-1], capability[1:], alignment[1:], strict=True
    )
    for c1, a1, c2, a2 in steps:
        if np.isnan(a1) or np.isnan(a2):
            skill += np.nan_to_num(c2 * a2) - np.nan_to_num(c1 * a1)
        else:
            one, two = split_drop((c1, a1), (c2, a2))
            skill, goal = skill + one, goal + two
    return float(skill), float(goal)


UNKNOWN = float("nan")
PATHS: tuple[tuple[Sequence[float], Sequence[float]], ...] = (
    ([1, 0.9, 0.8], [1, 0.6, 0.1]),
    ([1, 0.7, 0.4, 0.2], [1, 1, 0.9, 0.8]),
    ([0.9, 0.5, 0.05], [1, 0.9, UNKNOWN]),
    ([0.05, 0.4, 0.02, 0.5], [UNKNOWN, 0.5, UNKNOWN, -0.2]),
    ([0.01, 0.02], [UNKNOWN, UNKNOWN]),
)
PATH_THOUGHTS: dict[str, Callable[[Any, Any], Pair]] = {
    "That is one big step from start to end. Go step by step.": (
        lambda c, a: split_drop((c[0], a[0]), (c[-1], a[-1]))
    ),
    "What becomes of a step with an unknown alignment? It is capability's, whole.": (
        lambda c, a: _known_steps(c, a)
    ),
    "A step with an unknown alignment at an end is capability's, not alignment's.": (
        lambda c, a: _unknown_is_goal(c, a)
    ),
    "An unknown alignment is not 0: the whole step is capability's.": (
        lambda c, a: split_path(c, np.nan_to_num(np.asarray(a, float)))
    ),
}


def _known_steps(capability: Any, alignment: Any) -> Pair:
    parts = np.zeros(2)
    points = list(zip(capability, alignment, strict=True))
    for before, after in pairwise(points):
        if not np.isnan(before[1] + after[1]):
            parts += split_drop(before, after)
    return float(parts[0]), float(parts[1])


def _unknown_is_goal(capability: Any, alignment: Any) -> Pair:
    skill, _ = _known_steps(capability, alignment)
    whole = sum(split_path(capability, alignment))
    return skill, whole - skill


def check_split_path(made: Any) -> Iterator[Problem]:
    """Check `split_path(capability, alignment)`."""
    given = [(np.array(c, float), np.array(a, float)) for c, a in PATHS]
    found: list[Pair] = []
    for path in given:
        try:
            value = call(made, *(each.copy() for each in path))
            pair = tuple(float(x) for x in value)
        except Trouble as trouble:
            yield str(trouble)
            return
        except (TypeError, ValueError):
            yield f"It should return two numbers; it returns {said(value)}."
            return
        if len(pair) != 2:
            yield f"It should return two numbers; it returns {said(value)}."
            return
        found.append((pair[0], pair[1]))
    right = [split_path(*path) for path in given]
    if not all(map(_agree, found, right)):
        for thought, wrong in PATH_THOUGHTS.items():
            if all(map(_like, found, [wrong(*path) for path in given])):
                yield thought
                return
    for (c, a), pair, expected in zip(given, found, right, strict=True):
        if _agree(pair, expected):
            yield None
            continue
        if np.isnan(pair).any():
            yield (
                "It gives nan. What becomes of a step with an unknown alignment? It "
                "is capability's, whole."
            )
        else:
            yield f"For capability {c} and alignment {a} it gives {said(pair)}."
        return


def _like(one: Pair, two: Pair) -> bool:
    return all(
        close(x, y) or (np.isnan(x) and np.isnan(y))
        for x, y in zip(one, two, strict=True)
    )


# what-moved: in a word


def what_moved(parts: Any) -> str:
    """Return "capability", "alignment", "both" or "neither"."""
    skill, goal = (part < -0.05 for part in parts)
    if skill and goal:
        return "both"
    if skill:
        return "capability"
    return "alignment" if goal else "neither"


MOVED = (
    ((-0.8, 0.0), "One part alone took something away."),
    ((0.0, -0.8), "One part alone took something away."),
    ((-0.4, -0.3), "Both parts took something away."),
    ((0.0, 0.0), "Nothing was lost."),
    ((-0.03, -0.02), "So little does not count."),
    ((0.3, -0.4), "A gain is no loss."),
    ((0.3, 0.4), "A gain is no loss."),
    ((-0.05, -0.9), "Just 0.05 is not more than 0.05."),
    ((-0.06, -0.9), "A part counts from 0.05 on, even beside a larger one."),
)


def check_what_moved(made: Any) -> Iterator[Problem]:
    """Check `what_moved(parts)`."""
    for parts, thought in MOVED:
        try:
            word = call(made, parts)
        except Trouble as trouble:
            yield str(trouble)
            return
        right = isinstance(word, str) and word == what_moved(parts)
        yield None if right else f"{thought} For {parts} yours gives {said(word)}."
        if not right:
            return


EXERCISES = {
    "split-drop": Exercise(
        check_split_drop,
        (
            "Change of capability: after[0] - before[0]. What is it multiplied by?",
            "By the mean of alignment before and after; and the other way round.",
            "Check yourself: the parts add up to the change of the product.",
        ),
    ),
    "split-path": Exercise(
        check_split_path,
        (
            "Go over neighbouring points; use split_drop for a step of known ends.",
            "np.isnan tells whether an alignment is unknown.",
            "A step with an unknown end: scalar after less scalar before, where an "
            "unknown scalar is 0, all of it capability's.",
        ),
    ),
    "what-moved": Exercise(
        check_what_moved,
        (
            "For each part ask one thing: is it below -0.05?",
            "Two answers of yes or no make four cases.",
        ),
    ),
}
