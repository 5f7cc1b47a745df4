"""Exercises of lesson 02, one number, two failures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..exercise import Exercise, in_words, led_by, same

NAMES = "The two names are given: they are not always cheese and corner."


def three_outcomes(ends: Any, base: str, proxy: str) -> tuple[float, float, float]:
    """Return the shares of base, proxy and neither."""
    shares = [ends.count(name) / len(ends) for name in (base, proxy)]
    return shares[0], shares[1], 1 - sum(shares)


def _show_outcomes(given: list[float], ends: Any, base: str, proxy: str) -> str:
    right = three_outcomes(ends, base, proxy)
    if len(given) != 3:
        return f"It should return three numbers, not {len(given)}."
    if same(given, [ends.count(x) / len(ends) for x in ("cheese", "corner", "time")]):
        return NAMES
    told = sum(right[:2])
    if told and same(given[:2], [share / told for share in right[:2]]):
        return "Divide by all episodes; those that came to neither count as well."
    if same(sorted(given), sorted(right)):
        return "The order is: the base thing, the proxy, neither."
    if same(given[:2], right[:2]):
        return "What is neither base nor proxy, whatever it is, is the third share."
    return f"One of its answers is {', '.join(f'{x:.2g}' for x in given)}."


def same_scalar(scalar_at: Callable[[float], float], target: float) -> float:
    """Return the noise at which `scalar_at(noise)` is `target`."""
    low, high = 0.0, 1.0
    for _ in range(12):
        noise = (low + high) / 2
        low, high = (noise, high) if scalar_at(noise) > target else (low, noise)
    return (low + high) / 2


@dataclass
class Asked:
    """A curve that counts how often it is asked."""

    curve: Callable[[float], float]
    times: int = 0

    def __call__(self, noise: float) -> float:
        """Return the scalar at a noise from 0 to 1."""
        value = float(noise)
        self.times += 1
        if not 0 <= value <= 1:
            raise ValueError(f"noise={noise}; allowed: a number from 0 to 1")
        return float(self.curve(value))


def _judge_noise(noise: float, scalar_at: Asked, target: float) -> str | None:
    asked, right = scalar_at.times, same_scalar(scalar_at.curve, target)
    if not asked:
        return "It never asks for a scalar."
    if asked > 30:
        return f"It asks {asked} times. Halving needs about ten."
    if abs(noise - right) <= 0.0015:
        return None
    if abs(noise - scalar_at.curve(right)) <= 0.0015:
        return "That is the scalar. Asked is the noise that leads to it."
    if noise < 0.002 or noise > 0.998:
        return (
            "It runs to one end. If the scalar is still too high, is there too much "
            "noise or too little?"
        )
    if abs(noise - right) < 0.06:
        return f"Near, but not within 0.001 after {asked} questions."
    return f"At noise {in_words(round(noise, 3))} the scalar is not the target."


EXERCISES = {
    "three-outcomes": Exercise(
        reference=three_outcomes,
        cases=(
            (
                ["cheese", "corner", "time", "time", "cheese", "time"],
                "cheese",
                "corner",
            ),
            (["end", "coin", "coin", "lava", "end", "end", "time"], "coin", "end"),
            (["cheese", "cheese"], "cheese", "dish"),
            (["time"], "cheese", "corner"),
        ),
        each=True,
        mistakes={
            NAMES: lambda ends, *_: three_outcomes(ends, "cheese", "corner"),
            "These are counts. Asked are shares of all episodes.": (
                lambda ends, base, proxy: tuple(
                    len(ends) * x for x in three_outcomes(ends, base, proxy)
                )
            ),
            "The base thing comes first, then the proxy.": (
                lambda ends, base, proxy: three_outcomes(ends, proxy, base)
            ),
        },
        read=lambda value, *case: [float(x) for x in value],
        show=_show_outcomes,
        trouble=led_by("It should return three numbers."),
        hints=(
            "A list can count how often something is in it.",
            "All three shares add up to 1.",
        ),
    ),
    "same-scalar": Exercise(
        reference=same_scalar,
        cases=(
            (lambda x: 1 - x**3, 0.4),
            (lambda x: (1 - x) ** 2, 0.1),
            (lambda x: 1 - x, 0.93),
            (lambda x: 0.8 * np.cos(1.5 * x), 0.3),
        ),
        given=lambda curve, target: (Asked(curve), target),
        each=True,
        judge=_judge_noise,
        hints=(
            "Begin with 0 and 1, look in the middle, and keep one of the two halves.",
            "Ten halvings leave an interval of a thousandth.",
        ),
    ),
}
