"""Exercises of lesson 02, one number, two failures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..answer import number, same, several
from ..exercise import Exercise

NAMES = "The two names are given: they are not always cheese and corner."


def three_outcomes(ends: Any, base: str, proxy: str) -> tuple[float, float, float]:
    """Return the shares of base, proxy and neither."""
    shares = [ends.count(name) / len(ends) for name in (base, proxy)]
    return shares[0], shares[1], 1 - sum(shares)


def _about_outcomes(given: Any, ends: Any, base: str, proxy: str) -> str:
    right = three_outcomes(ends, base, proxy)
    if same(given, [ends.count(x) / len(ends) for x in ("cheese", "corner", "time")]):
        return NAMES
    told = sum(right[:2])
    if told and same(given[:2], [share / told for share in right[:2]]):
        return "Divide by all episodes; those that reached neither count too."
    if same(sorted(given), sorted(right)):
        return "The order is: the base thing, the proxy, neither."
    if same(given[:2], right[:2]):
        return "What is neither base nor proxy, whatever it is, is the third share."
    return ""


def same_scalar(scalar_at: Callable[[float], float], target: float) -> float:
    """Return the noise at which `scalar_at(noise)` is `target`."""
    low, high = 0.0, 1.0
    for _ in range(12):
        noise = (low + high) / 2
        low, high = (noise, high) if scalar_at(noise) > target else (low, noise)
    return (low + high) / 2


CURVES: dict[str, Callable[[float], float]] = {
    "lambda noise: 1 - noise**3": lambda noise: 1 - noise**3,
    "lambda noise: (1 - noise) ** 2": lambda noise: (1 - noise) ** 2,
    "lambda noise: 1 - noise": lambda noise: 1 - noise,
    "lambda noise: 0.8 * np.cos(1.5 * noise)": lambda noise: 0.8 * np.cos(1.5 * noise),
}


@dataclass
class Asked:
    """A curve, as it is written, that counts how often it is asked."""

    written: str
    times: int = 0

    def __repr__(self) -> str:
        return self.written

    def __call__(self, noise: float) -> float:
        """Return the scalar at a noise from 0 to 1."""
        value = float(noise)
        self.times += 1
        if not 0 <= value <= 1:
            raise ValueError(f"noise={noise}; allowed: a number from 0 to 1")
        return float(CURVES[self.written](value))


def _judge_noise(noise: float, scalar_at: Asked, target: float) -> str | None:
    asked, curve = scalar_at.times, CURVES[scalar_at.written]
    right = same_scalar(curve, target)
    if not asked:
        return "It never asks for a scalar."
    if asked > 30:
        return f"It asks {asked} times. Halving needs about ten."
    if abs(noise - right) <= 0.0015:
        return None
    if abs(noise - curve(right)) <= 0.0015:
        return "That is the scalar. Return the noise that leads to it."
    if abs(noise / 100 - right) <= 0.0015:
        return "Yours is in per cent: the noise is a share between 0 and 1."
    if noise < 0.002 or noise > 0.998:
        return (
            "It runs to one end. If the scalar is still too high, is there too much "
            "noise or too little?"
        )
    if abs(noise - right) < 0.06:
        return f"Near, but not within 0.001 after {asked} questions."
    return f"At that noise the scalar is {curve(min(max(noise, 0), 1)):.3f}."


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
            "Shares are not whole numbers: is there a `//` where `/` is meant?": (
                lambda ends, base, proxy: (
                    x := ends.count(base) // len(ends),
                    y := ends.count(proxy) // len(ends),
                    1 - x - y,
                )
            ),
            "These are counts. Return shares of all episodes.": (
                lambda ends, base, proxy: tuple(
                    len(ends) * x for x in three_outcomes(ends, base, proxy)
                )
            ),
            "The base thing comes first, then the proxy.": (
                lambda ends, base, proxy: three_outcomes(ends, proxy, base)
            ),
        },
        read=several(3),
        about=_about_outcomes,
        hints=(
            "A list can count how often something is in it.",
            "All three shares add up to 1.",
        ),
    ),
    "same-scalar": Exercise(
        reference=same_scalar,
        cases=(*zip(CURVES, (0.4, 0.1, 0.93, 0.3), strict=True),),
        given=lambda written, target: (Asked(written), target),
        read=number,
        each=True,
        judge=_judge_noise,
        hints=(
            "Begin with 0 and 1, look in the middle, and keep one of the two halves.",
            "Ten halvings leave an interval of a thousandth.",
        ),
    ),
}
