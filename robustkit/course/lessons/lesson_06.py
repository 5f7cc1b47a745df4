"""Exercises of lesson 06, grounding the axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...metrics.bootstrap import iqm
from ..answer import NotYet, array_of, number
from ..exercise import Exercise


def _moves(hit: Callable[[float], float], miss: Callable[[float], float]) -> Any:
    """Return a function to log-likelihood, of how likely right and wrong moves are."""

    def nats(right: Any, noise: float) -> float:
        each: Any = np.where(right, np.log(hit(noise)), np.log(miss(noise)))
        return float(each.sum())

    return nats


# under a pursuer that makes a random move now and then, with a chance of `noise`
noisy_likelihood = _moves(lambda e: 1 - e + e / 4, lambda e: e / 4)


def posterior(nats: Any) -> dict[str, float]:
    """Return goal to probability, given goal to log-likelihood."""
    top = max(nats.values())
    odds = {goal: float(np.exp(each - top)) for goal, each in nats.items()}
    return {goal: each / sum(odds.values()) for goal, each in odds.items()}


TOO_SMALL = (
    "np.exp of a very low number is 0, of a high one infinite. Only differences "
    "matter: what can you subtract from all of them?"
)


def _read_belief(value: Any, nats: Any) -> dict[str, float]:
    if not isinstance(value, dict) or set(value) != set(nats):
        raise NotYet("It should return a dict with the same goals.")
    try:
        return {goal: number(p) for goal, p in value.items()}
    except NotYet:
        raise NotYet("Each goal should have a probability, a number.") from None


def _about_belief(belief: dict[str, float], nats: Any) -> str:
    unknown = not np.isfinite(list(belief.values())).all()
    return TOO_SMALL if unknown or min(nats.values()) < -500 else ""


def em_step(weights: Any, nats: Any) -> Any:
    """Return [goals] new weights, given [goals] weights and [levels, goals] nats."""
    odds = weights * np.exp(nats - nats.max(1, keepdims=True))
    return (odds / odds.sum(1, keepdims=True)).mean(0)


def _normalised_late(weights: Any, nats: Any) -> Any:
    odds = (weights * np.exp(nats - nats.max(1, keepdims=True))).sum(0)
    return odds / odds.sum()


def _read_step(value: Any, weights: Any, nats: Any) -> Any:
    words = f"{len(weights)} numbers, one for each goal"
    return array_of(value, np.shape(weights), words)


EXERCISES = {
    "noisy-likelihood": Exercise(
        reference=noisy_likelihood,
        cases=(
            (np.array([True, True, True]), 0.2),
            (np.array([True, False, True, True]), 0.4),
            (np.array([False, False]), 0.1),
            (np.array([True, False] * 40), 0.8),
            (np.array([True] * 5), 0.05),
            # whose probability is too small for a float
            (np.array([True, False] * 1000), 0.8),
        ),
        mistakes={
            "A random move may happen to be the best one.": _moves(
                lambda e: 1 - e, lambda e: e / 4
            ),
            "A wrong move is one of four: how likely is that particular one?": _moves(
                lambda e: 1 - e + e / 4, lambda e: 3 * e / 4
            ),
            "A random move falls on any of the four, also on the best: a wrong one has "
            "a quarter of the noise.": _moves(lambda e: 1 - e, lambda e: e / 3),
            "The best move can come about in two ways: on purpose, and by chance. A "
            "random move is each of the four a quarter of the time.": _moves(
                lambda e: 1 - e, lambda e: e
            ),
            "That is the mean. All the moves together: their logarithms add up.": (
                lambda right, noise: noisy_likelihood(right, noise) / len(right)
            ),
            "That is a probability. What is its logarithm?": (
                lambda right, noise: np.exp(noisy_likelihood(right, noise))
            ),
            "Nats use the natural logarithm.": (
                lambda right, noise: noisy_likelihood(right, noise) / np.log(2)
            ),
            "A probability is at most 1, so its logarithm is at most 0.": (
                lambda right, noise: -noisy_likelihood(right, noise)
            ),
        },
        trouble=lambda words, *case: (
            "A product of very many probabilities is 0; add up their logarithms."
            if "finite" in words or "math domain" in words
            else ""
        ),
        hints=(
            "How likely is the best move? And one that is not the best?",
            "The best move: 1 - noise, and noise / 4 on top. Any other: noise / 4.",
            "Probabilities of independent moves multiply; their logarithms add up.",
        ),
    ),
    "posterior": Exercise(
        reference=posterior,
        cases=(
            ({"cheese": -1.0, "corner": -2.0},),
            ({"cheese": -3.0, "corner": -3.0, "half": -3.0},),
            ({"cheese": float(np.log(0.5)), "corner": float(np.log(0.25))},),
            ({"cheese": -2000.0, "corner": -2001.0},),
            ({"cheese": -900.0, "corner": -1800.0},),
            ({"cheese": -10.0, "corner": -2000.0},),  # farther apart than a float goes
        ),
        mistakes={
            "Probabilities add up to 1: divide by their sum.": (
                lambda n: {k: np.exp(v) for k, v in n.items()}
            ),
            "These are odds. What turns odds into probabilities?": (
                lambda n: {k: np.exp(v - max(n.values())) for k, v in n.items()}
            ),
            "Log-likelihoods are not likelihoods: take np.exp of them first.": (
                lambda n: {k: v / sum(n.values()) for k, v in n.items()}
            ),
            "The likeliest is not the only one: how likely are the others?": (
                lambda n: {k: float(v == max(n.values())) for k, v in n.items()}
            ),
        },
        telling=3,
        read=_read_belief,
        about=_about_belief,
        trouble=lambda words, *case: (
            TOO_SMALL if "ZeroDivision" in words or "finite" in words else ""
        ),
        hints=(
            "With equal odds beforehand, probability is in proportion to likelihood.",
            "Subtract the largest log-likelihood from all of them before np.exp.",
        ),
    ),
    "em-step": Exercise(
        reference=em_step,
        cases=(
            ([0.5, 0.5], [[-1.0, -3.0], [-2.0, -1.5], [-4.0, -4.2]]),
            ([0.7, 0.2, 0.1], np.log([[0.5, 0.2, 0.1], [0.3, 0.3, 0.4]])),
            ([0.9, 0.1], [[-1.0, -1.0], [-2.0, -2.0], [-1.0, -1.0]]),
            ([0.6, 0.4], [[-2000.0, -2001.0], [-1500.0, -1490.0]]),
        ),
        given=lambda *case: tuple(map(np.array, case)),
        mistakes={
            "Each level's share of a goal depends on its weight so far, too: Bayes' "
            "rule.": lambda w, n: em_step(np.ones(len(w)), n),
            "A level need not belong to one goal: it counts for each by its "
            "probability.": (
                lambda w, n: np.eye(len(w))[(np.log(w) + n).argmax(1)].mean(0)
            ),
            "That adds the levels up; the new weights are shares, and add up to 1.": (
                lambda w, n: em_step(w, n) * len(n)
            ),
            "Divide level by level: in each level the goals' probabilities add up to "
            "1. Otherwise the likeliest levels decide everything.": (
                lambda w, n: (w * np.exp(n)).sum(0) / (w * np.exp(n)).sum()
            ),
            "Divide in each level, before the mean over levels, not after it.": (
                _normalised_late
            ),
            "These are the old weights.": lambda w, n: w,
        },
        telling=3,  # where no mistake is in want of digits
        read=_read_step,
        about=lambda step, weights, nats: TOO_SMALL if np.min(nats) < -500 else "",
        hints=(
            "Begin as in exercise 2, for every level; with the weights as prior odds.",
            "weights * np.exp(...), divided by its sum over the goals of each level.",
            "The new weight of a goal is the mean of its probability over levels.",
        ),
    ),
    "middle-half": Exercise(
        reference=iqm,
        cases=(
            (np.array([0.0, 10.0, 1.0, 2.0]),),
            (np.array([5.0, 1.0, 9.0, 2.0, 8.0, -40.0, 3.0, 60.0]),),
            (np.array([3.0, -1.0, 7.5]),),
            (np.array([4.0, 0.0, 1.0, 1.5, 12.0, -7.0, 2.0, 30.0, 5.0, 6.5]),),
        ),
        mistakes={
            "That is the mean of all values.": np.mean,
            "That is the median, one value. What is the mean of the middle half?": (
                np.median
            ),
            "Sort the values first.": (
                lambda v: v[len(v) // 4 : len(v) - len(v) // 4].mean()
            ),
            "Leave out a quarter at *either* end.": (
                lambda v: np.sort(v)[len(v) // 4 :].mean()
            ),
            "Count how many values a quarter is, rounded down; of three values it is "
            "0.": lambda v: v[
                (v >= np.quantile(v, 0.25)) & (v <= np.quantile(v, 0.75))
            ].mean(),
            "A quarter at either end, not a half.": (
                lambda v: np.sort(v)[len(v) // 8 : len(v) - len(v) // 8].mean()
            ),
        },
        trouble=lambda words, sample: (
            "With nothing to leave out, [k:-k] is empty." * (len(sample) < 4)
        ),
        hints=(
            "np.sort first; how many values are a quarter, rounded down?",
            "A slice from that many to the length less that many.",
        ),
    ),
}
