"""Exercises of lesson 03, where objectives come from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..answer import NotYet, array_of, call, several, word
from ..exercise import Exercise
from ..words import in_words


def left_open(training: Any, shifted: Any, same: float) -> tuple[float, float]:
    """Return the lowest and highest shifted score among those best in training."""
    inside = training >= training.max() - same
    return float(shifted[inside].min()), float(shifted[inside].max())


def _ends(scores: Any) -> tuple[float, float]:
    return float(scores.min()), float(scores.max())


def _maps() -> Iterator[tuple[Any, Any, float]]:
    """Yield scores in training and after the shift, and how much counts as the same."""
    rng = np.random.default_rng(3)
    for shape, same in (((5, 5), 0.125), ((9,), 0.25), ((4, 6), 0.5)):
        training = rng.permutation(np.linspace(-0.4, 1, np.prod(shape))).reshape(shape)
        shifted = rng.permutation(np.linspace(-1, 0.9, np.prod(shape))).reshape(shape)
        training.flat[:4] = 1.5, 1.5 - same / 2, 1.5 - same, 1.46
        shifted.flat[:4] = 0.1, -0.3046, 0.3127, -0.25
        yield training, shifted, same


def goes_for(wants: Any, near: Any, discount: float = 0.95) -> str:
    """Return "cheese", "hole" or "neither"."""
    worth = {x: wants[x] * discount ** (near[x] - 1) for x in ("cheese", "hole")}
    best = max(worth, key=lambda x: worth[x])
    return best if worth[best] >= 0 else "neither"


def _named(pair: tuple[float, float]) -> dict[str, float]:
    return dict(zip(("cheese", "hole"), pair, strict=True))


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


AIM = np.array([3.0, -2.0, 1.0])  # the fittest reward


def _selected(answer: Any, seed: int, *numbers: int) -> tuple[Any, int]:
    """Return what an answer selects, [3], and how often it asks for fitness."""
    asked = 0

    def fitness(reward: Any) -> float:
        nonlocal asked
        asked += 1
        return -float(((np.asarray(reward) - AIM) ** 2).sum())

    given = call(answer, fitness, 3, np.random.default_rng(seed), *numbers)
    words = f"an array of 3 numbers for `select(fitness, 3, rng, {_listed(numbers)})`"
    words += f"; it returns {in_words(given)}"
    return array_of(given, (3,), words), asked


def _listed(numbers: Any) -> str:
    return ", ".join(map(str, numbers))


def _check_selection(answer: Any) -> Iterator[None]:
    """Look at where six searches end, and at two that tell more."""
    found, asked = zip(
        *(_selected(answer, seed, 12, 24, 6) for seed in range(6)), strict=True
    )
    yield from _check_ends(np.array(found), float(np.mean(asked)))
    again = _selected(answer, 0, 12, 24, 6)[0]
    if not np.array_equal(again, found[0]):
        raise NotYet(
            "With the same `rng` it selects something else each time. Draw from `rng` "
            "only."
        )
    if np.array_equal(found[0], found[1]):
        raise NotYet("It selects the same with every `rng`. Draw from `rng`.")
    yield
    # With every candidate a parent there is no selection, and it should get nowhere.
    idle = [_selected(answer, seed, 6, 12, 12)[0] for seed in range(6)]
    if np.linalg.norm(np.mean(idle, axis=0) - AIM) < 2:
        raise NotYet(
            "With as many parents as candidates there is nothing to select, and yet it "
            "finds its way. How many parents are averaged, and is every candidate "
            "drawn anew in each generation?"
        )
    yield
    if np.linalg.norm(_selected(answer, 6, 1, 400, 400)[0]) > 1:
        raise NotYet("This looks like one of the candidates. Return the last mean.")
    yield


def _check_ends(found: Any, asked: float) -> Iterator[None]:
    """Look at the ends [searches, 3], and at how often each asked for fitness."""
    middle, away = found.mean(0), np.linalg.norm(found - AIM, axis=1).mean()
    for fails, words in (
        (not asked, "It never asks for the fitness of anything."),
        (
            not away < 100,
            "It runs away from everything. The mean of the parents is their sum "
            "divided by how many they are.",
        ),
        (
            np.linalg.norm(middle) < 1,
            "It hardly leaves 0. Does each generation draw around the mean of the one "
            "before, and are only the fittest averaged?",
        ),
        (
            middle @ AIM < 0,
            "It moves away from what is fit. Which end of the sorted list is best?",
        ),
        (
            asked < 12 * 24 * 0.9,
            f"It asked for fitness {asked:.0f} times instead of once for each "
            "candidate of each generation.",
        ),
        (
            away > 1.1,
            f"`select(fitness, 3, rng, 12, 24, 6)` ends {away:.1f} away from the "
            "fittest reward, which is rather far; it should be less than 1. Does each "
            "generation draw around the mean of the one before?",
        ),
    ):
        if fails:
            raise NotYet(words)
        yield


EXERCISES = {
    "left-open": Exercise(
        reference=left_open,
        cases=tuple(_maps()),
        each=True,
        mistakes={
            "These are the extremes of all rewards. Which of them could training have "
            "selected?": lambda t, s, d: _ends(s),
            "How much less than the best still counts as the best is given: `same`.": (
                lambda t, s, d: left_open(t, s, 0.05)
            ),
            "You keep only the very best in training; nearly as good will do.": (
                lambda t, s, d: left_open(t, s, 0.0)
            ),
            "The best score in training is not always 1. What is it on this map?": (
                lambda t, s, d: _ends(s[t >= 1 - d])
            ),
            "A difference of just `same` counts as the same, too.": (
                lambda t, s, d: _ends(s[t > t.max() - d])
            ),
            "You chose by the score after the shift, which training never saw.": (
                lambda t, s, d: left_open(s, s, d)
            ),
            "You compare scores after the shift with that of the best reward; which "
            "rewards score like it in training?": lambda t, s, d: _ends(
                s[np.abs(s - s.flat[t.argmax()]) <= d]
            ),
            "`same` is a difference between scores, not a share of the best one.": (
                lambda t, s, d: _ends(s[t >= t.max() * (1 - d)])
            ),
            "These are scores in training. What do the same rewards score after the "
            "shift?": lambda t, s, d: left_open(t, t, d),
            "The lowest first, then the highest.": (
                lambda t, s, d: left_open(t, s, d)[::-1]
            ),
        },
        read=several(2),
        about=lambda value, *case: "Look at which rewards are inside.",
        hints=(
            "First decide which rewards are inside, by their scores in training alone.",
            "An array of truth values picks out entries of another array of that "
            "shape.",
        ),
    ),
    "goes-for": Exercise(
        reference=goes_for,
        cases=(
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
        ),
        given=lambda wants, near, discount, about: (
            _named(wants),
            _named(near),
            discount,
        ),
        each=True,
        read=word,
        about=lambda value, wants, near, discount, about: about,
        hints=(
            "Work out what each of the two is worth now, and compare.",
            "It does not go for something worth less than nothing.",
        ),
    ),
    "select": Exercise(
        reference=select,
        more=_check_selection,
        hints=(
            "Two loops, one in the other: generations, and in each the candidates.",
            "A list can be sorted by a function: its argument is called key.",
            "The fittest come first if you sort in reverse; average the first few.",
        ),
    ),
}
