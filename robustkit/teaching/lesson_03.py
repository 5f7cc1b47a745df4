"""Checkers of lesson 03, where objectives come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .checks import Exercise, Problem, Trouble, call, said

# left-open: what the rewards that training cannot tell apart do after the shift


def left_open(training: Any, shifted: Any, same: float = 0.05) -> tuple[float, float]:
    """Return the lowest and highest shifted score among those best in training."""
    inside = training >= training.max() - same
    return float(shifted[inside].min()), float(shifted[inside].max())


LEFT_OPEN_THOUGHTS: dict[str, Callable[..., tuple[Any, Any]]] = {
    "These are the extremes of all rewards. Which of them could training have "
    "selected?": lambda t, s, d: (s.min(), s.max()),
    "How much less than the best still counts as the best is given: `same`.": (
        lambda t, s, d: left_open(t, s, 0.05)
    ),
    "You keep only the very best in training; nearly as good will do.": (
        lambda t, s, d: left_open(t, s, 0.0)
    ),
    "The best score in training is not always 1. What is it on this map?": (
        lambda t, s, d: (s[t >= 1 - d].min(), s[t >= 1 - d].max())
    ),
    "A difference of just `same` counts as the same, too.": (
        lambda t, s, d: (s[t > t.max() - d].min(), s[t > t.max() - d].max())
    ),
    "You chose by the score after the shift, which training never saw.": (
        lambda t, s, d: left_open(s, s, d)
    ),
    "These are scores in training. What do the same rewards score after the shift?": (
        lambda t, s, d: left_open(t, t, d)
    ),
    "The lowest first, then the highest.": lambda t, s, d: left_open(t, s, d)[::-1],
}


def check_left_open(made: Any) -> Iterator[Problem]:
    """Check `left_open(training, shifted, same)`."""
    rng = np.random.default_rng(3)
    for shape, same in (((5, 5), 0.125), ((9,), 0.25), ((4, 6), 0.5)):
        training = rng.permutation(np.linspace(-0.4, 1, np.prod(shape))).reshape(shape)
        shifted = rng.permutation(np.linspace(-1, 0.9, np.prod(shape))).reshape(shape)
        training.flat[:4] = 1.5, 1.5 - same / 2, 1.5 - same, 1.46
        shifted.flat[:4] = 0.1, -0.3, 0.3, -0.25
        given = training.copy(), shifted.copy(), same
        try:
            low, high = (float(x) for x in call(made, *given))
        except (Trouble, TypeError, ValueError) as trouble:
            yield f"It should return two numbers. {trouble}"
            return
        right = left_open(training, shifted, same)
        if np.allclose((low, high), right):
            yield None
            continue
        for thought, wrong in LEFT_OPEN_THOUGHTS.items():
            if np.allclose((low, high), wrong(training, shifted, same)):
                yield thought
                return
        yield f"For one map it gives {low:.3g} and {high:.3g}; look at who is inside."
        return


# goes-for: what a reward leads to


def goes_for(wants: Any, near: Any, discount: float = 0.95) -> str:
    """Return "cheese", "hole" or "neither"."""
    worth = {x: wants[x] * discount ** (near[x] - 1) for x in ("cheese", "hole")}
    best = max(worth, key=lambda x: worth[x])
    return best if worth[best] >= 0 else "neither"


def check_goes_for(made: Any) -> Iterator[Problem]:
    """Check `goes_for(wants, near, discount)`."""
    cases = [
        ((1.0, 0.2), (3, 3), 0.95, "Both are as near. Which does it want more?"),
        ((0.4, 1.0), (3, 3), 0.95, "Both are as near. Which does it want more?"),
        ((0.9, 1.0), (2, 20), 0.95, "The hole is worth more, but it is far away."),
        ((1.0, 0.5), (30, 1), 0.9, "The cheese is worth more, but it is far away."),
        ((0.8, -1.0), (9, 1), 0.95, "A weight can be below 0: what is that worth?"),
        ((-0.5, -1.0), (2, 5), 0.95, "It wants neither of the two."),
        ((-1.0, -0.1), (2, 30), 0.95, "It wants neither of the two."),
        ((0.5, 0.5), (4, 4), 0.95, "What if both are worth the same?"),
        ((0.7, 1.0), (1, 10), 0.99, "The discount is not always 0.95."),
        ((-0.5, 0.0), (2, 5), 0.95, "Worth nothing is not less than nothing."),
    ]
    for wants, near, discount, thought in cases:
        names = ("cheese", "hole")
        given = (
            dict(zip(names, wants, strict=True)),
            dict(zip(names, near, strict=True)),
        )
        try:
            word = call(made, *given, discount)
        except Trouble as trouble:
            yield str(trouble)
            return
        right = isinstance(word, str) and word == goes_for(*given, discount)
        asked = f"wants={given[0]}, near={given[1]}, discount={discount}"
        yield None if right else f"{thought} For {asked} it gives {said(word)}."
        if not right:
            return


# select: search by fitness alone


def select(
    fitness: Any,
    size: int,
    rng: Any,
    generations: int = 10,
    candidates: int = 16,
    parents: int = 4,
) -> Any:
    """Return the mean of the fittest rewards of the last generation."""
    mean = np.zeros(size)
    for _ in range(generations):
        tried = [rng.normal(mean, 1, size) for _ in range(candidates)]
        tried.sort(key=fitness, reverse=True)
        mean = np.mean(tried[:parents], axis=0)
    return mean


def check_select(made: Any) -> Iterator[Problem]:
    """Check `select(fitness, size, rng, generations, candidates, parents)`."""
    aim = np.array([3.0, -2.0, 1.0])
    asked: list[int] = [0]

    def fitness(reward: Any) -> float:
        asked[0] += 1
        return -float(((np.asarray(reward) - aim) ** 2).sum())

    found = []
    for seed in range(6):
        try:
            rng = np.random.default_rng(seed)
            mean = np.asarray(call(made, fitness, 3, rng, 12, 24, 6), float)
        except (Trouble, TypeError, ValueError) as trouble:
            yield str(trouble)
            return
        if mean.shape != (3,):
            yield f"It should return an array of 3 numbers, not of shape {mean.shape}."
            return
        found.append(mean)
    if not asked[0]:
        yield "It never asks for the fitness of anything."
        return
    yield None
    middle = np.mean(found, axis=0)
    if np.linalg.norm(middle) < 1:
        yield (
            "It hardly leaves 0. Does each generation draw around the mean of the one "
            "before, and are only the fittest averaged?"
        )
        return
    yield None
    if (middle * aim).sum() < 0:
        yield "It moves away from what is fit. Which end of the sorted list is best?"
        return
    yield None
    if asked[0] / 6 < 12 * 24 * 0.9:
        yield (
            f"It asked for fitness {asked[0] / 6:.0f} times instead of once for each "
            "candidate of each generation."
        )
        return
    yield None
    away = np.mean([np.linalg.norm(mean - aim) for mean in found])
    if away > 1.1:
        yield (
            f"It ends {away:.1f} away from the best reward, which is rather far. Does "
            "each generation draw around the mean of the one before?"
        )
        return
    yield None
    # With every candidate a parent there is no selection, and it should get nowhere.
    rngs = [np.random.default_rng(seed) for seed in range(6)]
    idle = [call(made, fitness, 3, rng, 6, 12, 12) for rng in rngs]
    if np.linalg.norm(np.mean(idle, axis=0) - aim) < 2:
        yield "How many parents are averaged? It should be as many as `parents` says."
        return
    yield None
    all_of_them = call(made, fitness, 3, np.random.default_rng(6), 1, 400, 400)
    if np.linalg.norm(all_of_them) > 1:
        yield "Asked is the last mean; this looks like a single one of the candidates."
        return
    yield None


EXERCISES = {
    "left-open": Exercise(
        check_left_open,
        (
            "First decide who is inside, by the scores in training alone.",
            "An array of truth values picks out entries of another array of one shape.",
        ),
    ),
    "goes-for": Exercise(
        check_goes_for,
        (
            "Work out what each of the two is worth now, and compare.",
            "Something worth less than nothing is not gone for.",
        ),
    ),
    "select": Exercise(
        check_select,
        (
            "Two loops, one in the other: generations, and in each the candidates.",
            "A list can be sorted by a function: its argument is called key.",
            "The fittest come first if you sort in reverse; average the first few.",
        ),
    ),
}
