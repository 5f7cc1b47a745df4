"""Checkers of lesson 06, grounding the axes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .checks import Exercise, Problem, Trouble, call, close, number, said

# noisy-likelihood: how likely moves are under an ε-greedy pursuer


def noisy_likelihood(right: Any, noise: float) -> float:
    """Return the logarithm of the probability of these moves."""
    hit, miss = 1 - noise + noise / 4, noise / 4
    nats: Any = np.where(right, np.log(hit), np.log(miss))
    return float(nats.sum())


MOVES = (
    (np.array([True, True, True]), 0.2),
    (np.array([True, False, True, True]), 0.4),
    (np.array([False, False]), 0.1),
    (np.array([True, False] * 40), 0.8),
    (np.array([True] * 5), 0.05),
    (np.array([True, False] * 1000), 0.8),  # whose probability is too small for a float
)


def _each(hit: Callable[[float], float], miss: Callable[[float], float]) -> Any:
    def nats(right: Any, noise: float) -> float:
        each: Any = np.where(right, np.log(hit(noise)), np.log(miss(noise)))
        return float(each.sum())

    return nats


MOVE_THOUGHTS: dict[str, Any] = {
    "A random move of the four may be the best one too.": _each(
        lambda e: 1 - e, lambda e: e / 4
    ),
    "A wrong move is one of four: how likely is that very one?": _each(
        lambda e: 1 - e + e / 4, lambda e: 3 * e / 4
    ),
    "A random move falls on any of the four, also on the best: a wrong one has a "
    "quarter of the noise.": _each(lambda e: 1 - e, lambda e: e / 3),
    "The best move comes about in two ways: on purpose, and at random; and a random "
    "move is a quarter of the time each of the four.": _each(
        lambda e: 1 - e, lambda e: e
    ),
    "That is the mean. All the moves together: their logarithms add up.": (
        lambda right, noise: noisy_likelihood(right, noise) / len(right)
    ),
    "That is a probability; its logarithm is asked for.": (
        lambda right, noise: float(np.exp(noisy_likelihood(right, noise)))
    ),
    "Nats have the natural logarithm.": (
        lambda right, noise: noisy_likelihood(right, noise) / float(np.log(2))
    ),
    "A probability is at most 1, so its logarithm is at most 0.": (
        lambda right, noise: -noisy_likelihood(right, noise)
    ),
}


def check_noisy_likelihood(made: Any) -> Iterator[Problem]:
    """Check `noisy_likelihood(right, noise)`."""
    try:
        with np.errstate(all="ignore"):
            found = [number(call(made, right.copy(), noise)) for right, noise in MOVES]
    except Trouble as trouble:
        many = "A product of very many probabilities is 0; add up their logarithms."
        yield many if "-inf" in str(trouble) else str(trouble)
        return
    expected = [noisy_likelihood(*given) for given in MOVES]
    if not all(map(close, found, expected)):
        for thought, wrong in MOVE_THOUGHTS.items():
            if all(map(close, found, [wrong(*given) for given in MOVES])):
                yield thought
                return
    for value, right, (moves, noise) in zip(found, expected, MOVES, strict=True):
        if not close(value, right):
            yield (
                f"For {moves.sum()} best moves of {len(moves)} and noise {noise} it "
                f"gives {value:.4g}."
            )
            return
        yield None


# posterior: Bayes' rule over goals


def posterior(nats: Any) -> dict[str, float]:
    """Return goal to probability, given goal to log-likelihood."""
    top = max(nats.values())
    odds = {goal: float(np.exp(each - top)) for goal, each in nats.items()}
    return {goal: each / sum(odds.values()) for goal, each in odds.items()}


EVIDENCE = (
    {"cheese": -1.0, "corner": -2.0},
    {"cheese": -3.0, "corner": -3.0, "half": -3.0},
    {"cheese": float(np.log(0.5)), "corner": float(np.log(0.25))},
    {"cheese": -2000.0, "corner": -2001.0},
    {"cheese": -900.0, "corner": -1800.0},
)
BELIEF_THOUGHTS: dict[str, Callable[[Any], dict[str, float]]] = {
    "Probabilities add up to 1: divide by their sum.": lambda n: {
        k: float(np.exp(v)) for k, v in n.items()
    },
    "These are odds. What turns odds into probabilities?": lambda n: {
        k: float(np.exp(v - max(n.values()))) for k, v in n.items()
    },
    "Log-likelihoods are not likelihoods: take np.exp of them first.": lambda n: {
        k: v / sum(n.values()) for k, v in n.items()
    },
    "The likeliest is not the only one: how likely are the others?": lambda n: {
        k: float(v == max(n.values())) for k, v in n.items()
    },
}


def check_posterior(made: Any) -> Iterator[Problem]:
    """Check `posterior(nats)`."""
    found: list[dict[str, float]] = []
    for nats in EVIDENCE:
        try:
            with np.errstate(all="ignore"):
                given = call(made, dict(nats))
            if not isinstance(given, dict) or set(given) != set(nats):
                yield f"It should return a dict with the same goals, not {said(given)}."
                return
            found.append({goal: float(p) for goal, p in given.items()})
        except Trouble as trouble:
            if "ZeroDivision" in str(trouble):
                yield _TOO_SMALL
            else:
                yield str(trouble)
            return
        except (TypeError, ValueError):
            yield f"Each goal should have a probability; it gives {said(given)}."
            return
    for thought, wrong in BELIEF_THOUGHTS.items():
        first = [_agree(b, wrong(n)) for b, n in zip(found, EVIDENCE[:3], strict=False)]
        if all(first):
            yield thought
            return
    for belief, nats in zip(found, EVIDENCE, strict=True):
        if _agree(belief, posterior(nats)):
            yield None
        elif not np.isfinite(list(belief.values())).all() or min(nats.values()) < -500:
            yield _TOO_SMALL
            return
        else:
            yield f"For {nats} it gives {said(belief)}."
            return


_TOO_SMALL = (
    "np.exp of a very low number is 0, and of a very high one infinite. Only "
    "differences between log-likelihoods matter: what may be taken off all of them?"
)


def _agree(one: dict[str, float], two: dict[str, float]) -> bool:
    return all(close(one[goal], two[goal]) for goal in two)


# em-step: one step of expectation maximisation for a mixture of goals


def em_step(weights: Any, nats: Any) -> Any:
    """Return [goals] new weights, given [goals] weights and [levels, goals] nats."""
    odds = weights * np.exp(nats - nats.max(1, keepdims=True))
    return (odds / odds.sum(1, keepdims=True)).mean(0)


MIXTURES = (
    (np.array([0.5, 0.5]), np.array([[-1.0, -3.0], [-2.0, -1.5], [-4.0, -4.2]])),
    (np.array([0.7, 0.2, 0.1]), np.log([[0.5, 0.2, 0.1], [0.3, 0.3, 0.4]])),
    (np.array([0.9, 0.1]), np.array([[-1.0, -1.0], [-2.0, -2.0], [-1.0, -1.0]])),
    (np.array([0.6, 0.4]), np.array([[-2000.0, -2001.0], [-1500.0, -1490.0]])),
)
STEP_THOUGHTS: dict[str, Callable[[Any, Any], Any]] = {
    "Each level's share of a goal depends on its weight so far, too: Bayes' rule.": (
        lambda w, n: em_step(np.ones(len(w)), n)
    ),
    "A level need not belong to one goal: it counts for each by its probability.": (
        lambda w, n: np.eye(len(w))[(np.log(w) + n).argmax(1)].mean(0)
    ),
    "That adds the levels up; the new weights are shares, and add up to 1.": (
        lambda w, n: em_step(w, n) * len(n)
    ),
    "Divide level by level: in each level the goals' probabilities add up to 1. "
    "Otherwise the likeliest levels have all the say.": (
        lambda w, n: (w * np.exp(n)).sum(0) / (w * np.exp(n)).sum()
    ),
    "Divide in each level, before the mean over levels, not after it.": (
        lambda w, n: _normalised_late(w, n)
    ),
    "These are the old weights.": lambda w, n: np.asarray(w),
}


def _normalised_late(weights: Any, nats: Any) -> Any:
    odds = (weights * np.exp(nats - nats.max(1, keepdims=True))).sum(0)
    return odds / odds.sum()


def check_em_step(made: Any) -> Iterator[Problem]:
    """Check `em_step(weights, nats)`."""
    found = []
    for weights, nats in MIXTURES:
        mine, theirs = weights.copy(), nats.copy()
        try:
            with np.errstate(all="ignore"):
                step = np.asarray(call(made, mine, theirs), dtype=float)
        except Trouble as trouble:
            yield str(trouble)
            return
        except (TypeError, ValueError):
            yield "It should return an array with one number for each goal."
            return
        if step.shape != weights.shape:
            yield (
                f"It should return {len(weights)} numbers, one for each goal; its "
                f"shape is {step.shape}."
            )
            return
        if not (np.array_equal(mine, weights) and np.array_equal(theirs, nats)):
            yield "It changes an array that it was given; make a new one."
            return
        found.append(step)
    gentle = MIXTURES[:3]  # where no thought is in want of digits
    if not all(
        np.allclose(f, em_step(*m)) for f, m in zip(found, MIXTURES, strict=True)
    ):
        for thought, wrong in STEP_THOUGHTS.items():
            like = (
                np.allclose(f, wrong(*m)) for f, m in zip(found, gentle, strict=False)
            )
            if all(like):
                yield thought
                return
    for step, (weights, nats) in zip(found, MIXTURES, strict=True):
        if np.allclose(step, em_step(weights, nats)):
            yield None
        elif nats.min() < -500:
            yield _TOO_SMALL
            return
        else:
            yield f"For weights {weights.tolist()} it gives {step.round(4).tolist()}."
            return


# middle-half: the interquartile mean


def middle_half(values: Any) -> float:
    """Return the interquartile mean."""
    ordered = np.sort(values)
    cut = len(ordered) // 4
    return float(ordered[cut : len(ordered) - cut].mean())


SAMPLES = (
    np.array([0.0, 10.0, 1.0, 2.0]),
    np.array([5.0, 1.0, 9.0, 2.0, 8.0, -40.0, 3.0, 60.0]),
    np.array([3.0, -1.0, 7.5]),
    np.array([4.0, 0.0, 1.0, 1.5, 12.0, -7.0, 2.0, 30.0, 5.0, 6.5]),
)
MIDDLE_THOUGHTS: dict[str, Callable[[Any], float]] = {
    "That is the mean of all values.": lambda v: float(np.mean(v)),
    "That is the median, a single value; the mean of the middle half is asked for.": (
        lambda v: float(np.median(v))
    ),
    "Sort the values first.": lambda v: float(
        np.mean(v[len(v) // 4 : len(v) - len(v) // 4])
    ),
    "Leave out a quarter at *either* end.": lambda v: float(
        np.mean(np.sort(v)[len(v) // 4 :])
    ),
    "Count how many values a quarter is, rounded down; of three values it is none.": (
        lambda v: float(
            v[(v >= np.quantile(v, 0.25)) & (v <= np.quantile(v, 0.75))].mean()
        )
    ),
    "A quarter at either end, not a half.": lambda v: float(
        np.mean(np.sort(v)[len(v) // 8 : len(v) - len(v) // 8])
    ),
}


def check_middle_half(made: Any) -> Iterator[Problem]:
    """Check `middle_half(values)`."""
    found = []
    for sample in SAMPLES:
        given = sample.copy()
        try:
            found.append(number(call(made, given)))
        except Trouble as trouble:
            few = " With nothing to leave out, [k:-k] is empty." * (len(sample) < 4)
            yield f"{trouble} It was given {sample.tolist()}.{few}"
            return
        if not np.array_equal(given, sample):
            yield "It changes the array that it was given; np.sort makes a new one."
            return
    expected = [middle_half(sample) for sample in SAMPLES]
    if not all(map(close, found, expected)):
        for thought, wrong in MIDDLE_THOUGHTS.items():
            if all(map(close, found, map(wrong, SAMPLES))):
                yield thought
                return
    for value, right, sample in zip(found, expected, SAMPLES, strict=True):
        if not close(value, right):
            yield f"For {sample.tolist()} it gives {value:.4g}."
            return
        yield None


EXERCISES = {
    "noisy-likelihood": Exercise(
        check_noisy_likelihood,
        (
            "How likely is the best move? And one that is not the best?",
            "The best move: 1 - noise, and noise / 4 on top. Any other: noise / 4.",
            "Probabilities of independent moves multiply; their logarithms add up.",
        ),
    ),
    "posterior": Exercise(
        check_posterior,
        (
            "With equal odds beforehand, probability is in proportion to likelihood.",
            "Take the largest log-likelihood off all of them before np.exp.",
        ),
    ),
    "em-step": Exercise(
        check_em_step,
        (
            "Begin as in exercise 2, for every level; with the weights as prior odds.",
            "weights * np.exp(...), divided by its sum over the goals of each level.",
            "The new weight of a goal is the mean of its probability over levels.",
        ),
    ),
    "middle-half": Exercise(
        check_middle_half,
        (
            "np.sort first; how many values are a quarter, rounded down?",
            "A slice from that many to the length less that many.",
        ),
    ),
}
