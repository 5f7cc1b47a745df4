"""Checkers of lesson 08, what moves an agent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .checks import Exercise, Problem, Trouble, call, said

# seed-interval: a bootstrap over seeds


def seed_interval(
    values: Any, rng: Any, resamples: int = 1000
) -> tuple[float, float, float]:
    """Return mean, low and high."""
    values = np.asarray(values)
    drawn = values[rng.integers(len(values), size=(resamples, len(values)))]
    low, high = np.quantile(drawn.mean(1), [0.025, 0.975])
    return float(values.mean()), float(low), float(high)


def check_seed_interval(made: Any) -> Iterator[Problem]:
    """Check `seed_interval(values, rng, resamples)`."""
    rng = np.random.default_rng(8)
    for count in (20, 60, 5):
        values = rng.gamma(2.0, 0.2, count)
        try:
            given = call(made, values.copy(), np.random.default_rng(1), 4000)
            middle, low, high = (float(x) for x in given)
        except (Trouble, TypeError, ValueError) as trouble:
            yield f"It should return three numbers. {trouble}"
            return
        right = seed_interval(values, np.random.default_rng(2), 4000)
        slack = 0.05 * (right[2] - right[1])
        problem = _thought(values, (middle, low, high), right, slack)
        yield problem
        if problem:
            return
    yield _rng_thought(made)


def _rng_thought(made: Any) -> Problem:
    """Return what to think about where it does not draw with the generator given."""
    values = np.random.default_rng(9).gamma(2.0, 0.2, 20)
    ends = [
        list(call(made, values.copy(), np.random.default_rng(seed), 50))[1:]
        for seed in (1, 1, 2)
    ]
    if ends[0] != ends[1]:
        return "With the same `rng` it gives another interval. Draw from `rng` only."
    once = list(call(made, values.copy(), np.random.default_rng(1), 1))[1:]
    if once[0] != once[1]:
        return "Asked for one mean only, low and high should be alike: `resamples`."
    if ends[0] == ends[2]:
        return "Whatever `rng` it is given, its draw is the same. Draw from `rng`."
    return None


def _thought(values: Any, given: Any, right: Any, slack: float) -> Problem:
    """Return what to think about, or None where the three numbers are right."""
    middle, low, high = given
    if not abs(middle - right[0]) < 1e-6:
        return "The first number should be the mean of the values themselves."
    if abs(low - right[1]) < slack and abs(high - right[2]) < slack:
        return None
    spread = np.quantile(values, [0.025, 0.975])
    if low > high:
        return "The low end first, then the high one."
    if np.allclose((low, high), spread, atol=slack / 4):
        return "These are quantiles of the seeds. Asked are those of their mean."
    if high - low < slack:
        return "Every resample has the same mean. Is it drawn with replacement?"
    ratio = (high - low) / (right[2] - right[1])
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


# turns-at: the smallest share at which most seeds are aligned


def turns_at(shares: Any, alignment: Any) -> Any:
    """Return the smallest share at which most seeds are aligned, or NaN."""
    most = (np.asarray(alignment) > 0.5).mean(1) > 0.5
    return shares[int(most.argmax())] if most.any() else float("nan")


def check_turns_at(made: Any) -> Iterator[Problem]:
    """Check `turns_at(shares, alignment)`."""
    nan = np.nan
    shares = [0.0, 0.01, 0.1, 1.0]
    cases = [
        (
            [[0.1, 0.2, 0.0], [0.3, 0.9, 0.2], [0.9, 0.8, 0.1], [1, 1, 1]],
            "In 0.1 two of three seeds are aligned, in 0.01 one of three.",
        ),
        (
            [[0.0, 0.0, 0.0], [0.4, 0.4, 1.0], [0.9, 0.9, 0.9], [1, 1, 1]],
            "The mean may be above one half where most seeds are not.",
        ),
        (
            [[0.0, nan, 0.0], [0.7, nan, nan], [0.6, 0.7, nan], [1, 1, 1]],
            "A seed whose alignment is unknown is not aligned, but it is a seed.",
        ),
        (
            [[0.1, 0.9], [0.9, 0.2], [0.8, 0.9], [1, 1]],
            "Half of the seeds is not more than half.",
        ),
        ([[0.9, 0.9], [0.1, 0.1], [0.2, 0.1], [0.9, 0.9]], "The smallest share."),
        (
            [[0.1, 0.2], [0.1, nan], [0.3, 0.5], [0.4, 0.2]],
            "What if it never turns?",
        ),
    ]
    for alignment, thought in cases:
        given = np.array(alignment, float)
        try:
            share = call(made, list(shares), given.copy())
        except Trouble as trouble:
            yield str(trouble)
            return
        wanted = turns_at(shares, given)
        right = _same(share, wanted)
        yield None if right else f"{thought} Yours gives {said(share)}."
        if not right:
            return


def _same(share: Any, wanted: float) -> bool:
    try:
        return bool(np.isclose(float(share), wanted, atol=1e-9, equal_nan=True))
    except (TypeError, ValueError, OverflowError):
        return False


EXERCISES = {
    "seed-interval": Exercise(
        check_seed_interval,
        (
            "rng.integers(n, size=(many, n)) draws n seeds, many times.",
            "An array indexed by an array of numbers has that array's shape.",
        ),
    ),
    "turns-at": Exercise(
        check_turns_at,
        (
            "First ask of every seed whether it is aligned, then count.",
            "A comparison with NaN is False, which is just what is wanted here.",
        ),
    ),
}
