"""Exercises of lesson 08, what moves an agent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..answer import NotYet, call, number, several
from ..exercise import Exercise

Three = tuple[float, float, float]


def seed_interval(values: Any, rng: Any, resamples: int = 1000) -> Three:
    """Return mean, low and high."""
    values = np.asarray(values)
    drawn = values[rng.integers(len(values), size=(resamples, len(values)))]
    low, high = np.quantile(drawn.mean(1), [0.025, 0.975])
    return float(values.mean()), float(low), float(high)


def _judge_interval(found: Three, values: Any, rng: Any, resamples: int) -> str | None:
    """Return what is wrong: an interval from other draws is as good, within a slack."""
    middle, low, high = found
    mean, right_low, right_high = seed_interval(
        values, np.random.default_rng(2), resamples
    )
    width = right_high - right_low
    slack = 0.05 * width
    if 1e-6 <= abs(middle - mean) < 0.005:
        return (
            "The first number is nearly the mean of the values. Is it rounded, or the "
            "mean of the means that you drew?"
        )
    if not abs(middle - mean) < 1e-6:
        return "The first number should be the mean of the values themselves."
    if abs(low - right_low) < slack and abs(high - right_high) < slack:
        return None
    if low > high:
        return "The low end first, then the high one."
    if np.allclose((low, high), np.quantile(values, [0.025, 0.975]), atol=slack / 4):
        return "These are quantiles of the seeds. What are those of their mean?"
    if high - low < slack:
        return "Every resample has the same mean. Is it drawn with replacement?"
    if abs((high - middle) - (middle - low)) < 1e-9 or low < min(values):
        return (
            "Take the quantiles of the means that you drew; mean ± 1.96 standard "
            "errors assumes that they spread equally on both sides."
        )
    return _judge_width((high - low) / width)


def _judge_width(ratio: float) -> str:
    if 0.78 < ratio < 0.9:
        return (
            "The ends lie a little too close together: 2.5 % should lie below the low "
            "one and 2.5 % above the high one."
        )
    if ratio > 1.3:
        return "It is too wide. How many seeds does each resample hold?"
    if ratio < 0.75:
        return "It is too narrow. Which quantiles, and of how many seeds a resample?"
    return "It is about as wide as it should be, but not where it should be."


def _check_rng(answer: Any) -> Iterator[None]:
    """Look whether it draws with the generator given, and as often as it is told."""
    values = np.random.default_rng(9).gamma(2.0, 0.2, 20)

    def ends(seed: int, resamples: int) -> list[Any]:
        rng = np.random.default_rng(seed)
        return [*several(3)(call(answer, values.copy(), rng, resamples))][1:]

    first, again, other = (ends(seed, 50) for seed in (1, 1, 2))
    if first != again:
        raise NotYet(
            "With the same `rng` it gives a different interval. Draw from `rng` only."
        )
    of_one = ends(1, 1)
    if of_one[0] != of_one[1]:
        raise NotYet(
            "With `resamples=1` there is one mean only, so low and high are the same; "
            f"yours are {of_one[0]:.4g} and {of_one[1]:.4g}."
        )
    if first == other:
        raise NotYet("It draws the same with every `rng`. Draw from `rng`.")
    yield


def _samples() -> list[tuple[Any]]:
    rng = np.random.default_rng(8)
    rare = np.array([0.0] * 9 + [1.0])  # its means are skewed
    return [*((rng.gamma(2.0, 0.2, count),) for count in (20, 60, 5)), (rare,)]


NAN = float("nan")
SHARES = (0.0, 0.01, 0.1, 1.0)


def turns_at(shares: Any, alignment: Any) -> Any:
    """Return the smallest share at which most seeds are aligned, or NaN."""
    most = (np.asarray(alignment) > 0.5).mean(1) > 0.5
    return shares[int(most.argmax())] if most.any() else NAN


EXERCISES = {
    "seed-interval": Exercise(
        reference=seed_interval,
        cases=_samples(),
        given=lambda values: (values, np.random.default_rng(1), 4000),
        each=True,
        read=several(3),
        judge=_judge_interval,
        more=_check_rng,
        hints=(
            "rng.integers(n, size=(many, n)) draws n seeds, many times.",
            "An array indexed by an array of numbers has that array's shape.",
        ),
    ),
    "turns-at": Exercise(
        reference=turns_at,
        cases=(
            (
                [[0.1, 0.2, 0.0], [0.3, 0.9, 0.2], [0.9, 0.8, 0.1], [1, 1, 1]],
                "In 0.1 two of three seeds are aligned, in 0.01 one of three.",
            ),
            (
                [[0.0, 0.0, 0.0], [0.4, 0.4, 1.0], [0.9, 0.9, 0.9], [1, 1, 1]],
                "The mean may be above one half where most seeds are not.",
            ),
            (
                [[0.0, NAN, 0.0], [0.7, NAN, NAN], [0.6, 0.7, NAN], [1, 1, 1]],
                "A seed whose alignment is unknown is not aligned, but it is a seed.",
            ),
            (
                [[0.1, 0.9], [0.9, 0.2], [0.8, 0.9], [1, 1]],
                "Half of the seeds is not more than half.",
            ),
            ([[0.9, 0.9], [0.1, 0.1], [0.2, 0.1], [0.9, 0.9]], "The smallest share."),
            (
                [[0.1, 0.2], [0.5, 0.5], [0.6, 0.9], [1, 1]],
                "An alignment of just 0.5 is not above 0.5.",
            ),
            (
                [[0.1, 0.2], [0.1, NAN], [0.3, 0.5], [0.4, 0.2]],
                "What if it never turns?",
            ),
        ),
        given=lambda alignment, about: ([*SHARES], np.array(alignment, float)),
        each=True,
        read=number,
        about=lambda share, alignment, about: about,
        trouble=lambda words, alignment, about: about,
        hints=(
            "First ask of every seed whether it is aligned, then count.",
            "A comparison with NaN is False, which is just what is wanted here.",
        ),
    ),
}
