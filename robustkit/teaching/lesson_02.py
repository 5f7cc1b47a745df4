"""Checkers of lesson 02, one number, two failures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .checks import Exercise, Problem, Trouble, call, number, said

# three-outcomes: shares of base, proxy and neither


def three_outcomes(ends: Any, base: str, proxy: str) -> tuple[float, float, float]:
    """Return the shares of base, proxy and neither."""
    shares = [ends.count(name) / len(ends) for name in (base, proxy)]
    return shares[0], shares[1], 1 - sum(shares)


def check_three_outcomes(made: Any) -> Iterator[Problem]:
    """Check `three_outcomes(ends, base, proxy)`."""
    cases = [
        (["cheese", "corner", "time", "time", "cheese", "time"], "cheese", "corner"),
        (["end", "coin", "coin", "lava", "end", "end", "time"], "coin", "end"),
        (["cheese", "cheese"], "cheese", "dish"),
        (["time"], "cheese", "corner"),
    ]
    for ends, base, proxy in cases:
        try:
            given = [float(x) for x in call(made, list(ends), base, proxy)]
        except (Trouble, TypeError, ValueError, OverflowError) as trouble:
            yield f"It should return three numbers. {trouble}"
            return
        right = three_outcomes(ends, base, proxy)
        if len(given) == 3 and np.allclose(given, right, atol=1e-9):
            yield None
            continue
        if base != "cheese" or proxy != "corner":
            cheese = three_outcomes(ends, "cheese", "corner")
            rest = ends.count("time") / len(ends)
            named = (cheese, (*cheese[:2], rest))
            if len(given) == 3 and any(np.allclose(given, x) for x in named):
                yield "The two names are given: they are not always cheese and corner."
                return
        yield _outcomes_thought(given, right, len(ends))
        return


def _outcomes_thought(given: list[float], right: Any, count: int) -> str:
    shares = np.array(right)
    if len(given) != 3:
        return f"It should return three numbers, not {len(given)}."
    if np.allclose(given, shares * count):
        return "These are counts. Asked are shares of all episodes."
    told = shares[0] + shares[1]
    if told and np.allclose(given[:2], shares[:2] / told):
        return "Divide by all episodes; those that came to neither count as well."
    if np.allclose(given, shares[[1, 0, 2]]):
        return "The base thing comes first, then the proxy."
    if np.allclose(sorted(given), sorted(shares)):
        return "The order is: the base thing, the proxy, neither."
    if np.allclose(given[:2], shares[:2]):
        return "What is neither base nor proxy, whatever it is, is the third share."
    return f"One of its answers is {', '.join(f'{x:.2g}' for x in given)}."


# same-scalar: the noise at which a planner scores like another agent


def same_scalar(scalar_at: Callable[[float], float], target: float) -> float:
    """Return the noise at which `scalar_at(noise)` is `target`."""
    low, high = 0.0, 1.0
    for _ in range(12):
        noise = (low + high) / 2
        if scalar_at(noise) > target:
            low = noise
        else:
            high = noise
    return (low + high) / 2


def check_same_scalar(made: Any) -> Iterator[Problem]:
    """Check `same_scalar(scalar_at, target)`."""
    curves = [
        (lambda x: 1 - x**3, 0.4),
        (lambda x: (1 - x) ** 2, 0.1),
        (lambda x: 1 - x, 0.93),
        (lambda x: 0.8 * np.cos(1.5 * x), 0.3),
    ]
    for curve, target in curves:
        asked: list[float] = []

        def scalar_at(
            noise: float, curve: Any = curve, asked: list[float] = asked
        ) -> float:
            asked.append(float(noise))
            if not 0 <= noise <= 1:
                raise ValueError(f"noise={noise}; allowed: a number from 0 to 1")
            return float(curve(noise))

        try:
            noise = number(call(made, scalar_at, target))
        except Trouble as trouble:
            yield str(trouble)
            return
        yield _match_thought(noise, asked, curve, target)
        if _match_thought(noise, asked, curve, target):
            return


def _match_thought(noise: float, asked: list[float], curve: Any, target: float) -> Any:
    right = same_scalar(curve, target)
    if not asked:
        return "It never asks for a scalar."
    if len(asked) > 30:
        return f"It asks {len(asked)} times. Halving needs about ten."
    if abs(noise - right) <= 0.0015:
        return None
    if abs(noise - curve(right)) <= 0.0015:
        return "That is the scalar. Asked is the noise that leads to it."
    if noise < 0.002 or noise > 0.998:
        return (
            "It runs to one end. If the scalar is still too high, is there too much "
            "noise or too little?"
        )
    if abs(noise - right) < 0.06:
        return f"Near, but not within 0.001 after {len(asked)} questions."
    return f"At noise {said(round(noise, 3))} the scalar is not the target."


EXERCISES = {
    "three-outcomes": Exercise(
        check_three_outcomes,
        (
            "A list can count how often something is in it.",
            "All three shares add up to 1.",
        ),
    ),
    "same-scalar": Exercise(
        check_same_scalar,
        (
            "Begin with 0 and 1, look in the middle, and keep one of the two halves.",
            "Ten halvings leave an interval of a thousandth.",
        ),
    ),
}
