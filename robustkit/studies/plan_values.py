"""What a plan is given: one value or several, each checked before any work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np

from .. import arguments
from ..arguments import quote
from ..worlds.shifts import ANYWHERE

# How far along goal and layout; along place, too, where that is not 0
PlanShift = tuple[float | str, float] | tuple[float | str, float, float]
MOST = 1_000_000  # agents of a plan; more need several stores


def which_seeds(given: Any) -> Sequence[int]:
    """Return seeds: so many from 0 on, or those that are listed.

    Raises ValueError for none, one given twice, or something that is no seed.
    """
    if single(given) and not isinstance(given, str):
        return range(arguments.whole("seeds", given, 1, MOST))
    seeds = several("seeds", given, arguments.seed)
    usual = range(len(seeds))  # the same plan, however they are given
    return usual if seeds == tuple(usual) else seeds


def word(allowed: Iterable[str]) -> Any:
    """Return a check for one of the words that are allowed."""
    return lambda name, given: arguments.one_of(name, given, allowed)


def shift(name: str, given: Any) -> PlanShift:
    """Return a shift of a plan; raise ValueError if it is none."""
    counted = not isinstance(given, str) and hasattr(given, "__len__")
    if not counted or len(given) not in (2, 3):
        raise ValueError(
            f"{name} has {quote(given)}; allowed: pairs of a goal shift and a layout "
            "shift, with a place shift where that is not 0, each from 0 to 1, the "
            f'goal shift "{ANYWHERE}" too.'
        )
    goal, *others = given
    if isinstance(goal, str):
        goal = arguments.one_of(name, goal, [ANYWHERE])
    else:
        goal = arguments.fraction(name, goal)
    layout, place = (arguments.fraction(name, x) for x in [*others, 0.0][:2])
    return (goal, layout, place) if place else (goal, layout)


def several(name: str, given: Any, check: Any) -> tuple[Any, ...]:
    """Return a tuple of checked values, from one value or several."""
    if single(given):
        given = [given]
    try:
        every = tuple(check(name, each) for each in given)
    except TypeError:
        raise arguments.refusal(name, given, "one value or a list of them") from None
    if not every or len(set(every)) < len(every):
        raise arguments.refusal(name, given, "at least one, none twice")
    return every


def single(given: Any) -> bool:
    """Return whether it is one value: a word, a number, or an array of no dimension."""
    return isinstance(given, (str, Real)) or getattr(given, "shape", None) == ()


def alternatives(recipe: str, options: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Return the values of each option, one or, where it is a list, several."""
    return {
        name: several(f"options[{recipe!r}][{name!r}]", value, _as_it_is)
        if isinstance(value, (list, tuple, range, np.ndarray)) and not single(value)
        else (value,)
        for name, value in options.items()
    }


def _as_it_is(name: str, given: Any) -> Any:
    hash(given)  # what cannot be told apart is no list of values
    return given
