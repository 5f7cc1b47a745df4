"""Exercises of lesson 01, robustness as a number."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...mdp import normalised
from ...metrics import Estimate, Point
from ..exercise import Exercise


def reading(scalar: float, capability: float, alignment: float) -> Point:
    """Return what a reading says; an alignment that is NaN is unknown."""
    j, c, a = (Estimate(x, x - 0.02, x + 0.02) for x in (scalar, capability, alignment))
    return Point(j, c, a)


def scalar_drop(trained: Any, shifted: Any) -> float:
    """Return the scalar on the training distribution less the one after the shift."""
    return float(trained.scalar.value - shifted.scalar.value)


def table_return(
    next_state: Any, reward: Any, policy: Any, discount: float, steps: int = 500
) -> float:
    """Return the expected discounted return from state 0; the last state is the end.

    next_state, reward, policy: [states, actions].
    """
    values = np.zeros(len(next_state))
    for _ in range(steps):
        values = (policy * (reward + discount * values[next_state])).sum(1)
    return float(values[0])


def _planned(next_state: Any, reward: Any, policy: Any, discount: float) -> float:
    values = np.zeros(len(next_state))
    for _ in range(500):
        values = (reward + discount * values[next_state]).max(1)
    return float(values[0])


# three cells in a row, then the end; the last step pays 1
CORRIDOR = [[1, 0], [2, 0], [3, 1], [3, 3]], [[0, 0], [0, 0], [1, 0], [0, 0]]


def _drawn() -> tuple[Any, ...]:
    """Return six states with moves and rewards at random."""
    rng = np.random.default_rng(1)
    chance = rng.dirichlet(np.ones(3), 6)
    follow = np.vstack([rng.integers(0, 6, (5, 3)), [5, 5, 5]])
    reward = np.vstack([rng.random((5, 3)).round(1), [0, 0, 0]])
    return follow, reward, chance, 0.8


def mixed_shift(share: float, trained: Any, shifted: Any) -> float:
    """Return the scalar with `share` of levels shifted; both ends: (advance, room)."""
    advance = (1 - share) * trained[0] + share * shifted[0]
    return float(advance / ((1 - share) * trained[1] + share * shifted[1]))


EXERCISES = {
    "normalised": Exercise(
        reference=normalised,
        cases=(
            ([0.5, 0.7], [0.1, 0.3], [0.9, 0.8]),
            ([0.1, 0.3], [0.1, 0.3], [0.9, 0.8]),
            ([0.9, 0.8], [0.1, 0.3], [0.9, 0.8]),
            ([0.05, 0.2, 0.6], [0.1, 0.15, 0.2], [0.9, 0.25, 0.7]),
            ([0.1, 0.0], [0.2, 0.1], [0.9, 0.8]),
        ),
        given=lambda *case: tuple(map(np.array, case)),
        mistakes={
            "A random walk should score 0. What does it score with yours?": (
                lambda got, random, best: got.sum() / best.sum()
            ),
            "Perfect play should score 1. What does it score with yours?": (
                lambda got, random, best: (got - random).sum() / best.sum()
            ),
            "You average a ratio over levels. A level in which there is little to win "
            "then counts as much as one with a lot; sum first, divide once.": (
                lambda got, random, best: ((got - random) / (best - random)).mean()
            ),
            "An agent can do worse than a random walk; then its score is below 0.": (
                lambda got, random, best: max(0.0, normalised(got, random, best))
            ),
            "It is upside down: how much there was to win belongs below the line.": (
                lambda got, random, best: (
                    (best - random).sum() / ((got - random).sum() or 1e-300)
                )
            ),
        },
        spare=1,
        hints=(
            "Say in words what 0 and what 1 should mean, and try both ends.",
            "Two differences: how far the agent came, and how far one can come.",
            "Sum each difference over the levels before you divide.",
        ),
    ),
    "scalar-drop": Exercise(
        reference=scalar_drop,
        cases=(
            ((0.913, 0.95), (0.2046, 0.9)),
            ((0.7, 0.8), (0.7, 0.75)),
            ((0.512, 0.6), (0.6507, 0.7)),
            ((0.8, 0.9), (-0.1031, 0.85)),
        ),
        given=lambda *case: tuple(reading(j, c, j / c) for j, c in case),
        mistakes={
            "An agent that loses return should have a drop above 0. Which way round do "
            "you subtract?": lambda a, b: -scalar_drop(a, b),
            "You divide. The drop is a difference: how much is lost, in units of the "
            "way from random to optimal.": lambda a, b: b.scalar.value / a.scalar.value,
            "You divide by the scalar before. The drop is the plain difference.": (
                lambda a, b: scalar_drop(a, b) / a.scalar.value
            ),
            "That is the drop of capability. Which of the three numbers of a reading "
            "is base return?": lambda a, b: a.capability.value - b.capability.value,
            "That is the size of the difference. An agent that does better after the "
            "shift should have a drop below 0.": lambda a, b: abs(scalar_drop(a, b)),
            "An agent can do better after the shift. Its drop is then below 0; do not "
            "cut it off.": lambda a, b: max(0.0, scalar_drop(a, b)),
        },
        spare=1,
        trouble=lambda words, *case: (
            "`reading.scalar` is an estimate: a number with its interval. The number "
            "itself is `reading.scalar.value`."
            if "'Estimate'" in words
            else ""
        ),
        hints=(
            "A reading has .scalar, .capability and .alignment; each has a .value.",
            "Where does the agent do well? Start from there and subtract.",
        ),
    ),
    "table-return": Exercise(
        reference=table_return,
        cases=(
            (*CORRIDOR, [[0.75, 0.25]] * 3 + [[0.5, 0.5]], 0.9),
            (*CORRIDOR, [[1, 0]] * 3 + [[0.5, 0.5]], 0.9),
            _drawn(),
            # in which the likelier move is the worse
            ([[1, 0], [2, 0], [2, 2]], [[0, 0], [1, 0], [0, 0]], [[0.3, 0.7]] * 3, 0.9),
        ),
        given=lambda *case: (*map(np.array, case[:3]), case[3]),
        mistakes={
            "A reward on the first move should count in full: the move number d counts "
            "discount ** (d - 1).": lambda f, r, p, g: g * table_return(f, r, p, g),
            "It seems that a late reward counts as much as an early one. Where does "
            "the discount come in?": lambda f, r, p, g: table_return(f, r, p, 1.0),
            "It takes the likeliest move everywhere. Average over the moves, with the "
            "policy's probabilities.": lambda f, r, p, g: table_return(
                f, r, np.eye(p.shape[1])[p.argmax(1)], g
            ),
            "It takes the best move everywhere. That is planning; here the policy says "
            "how often each move is made.": _planned,
            "It averages over moves as if all were equally likely. Whose probabilities "
            "should it use?": lambda f, r, p, g: table_return(
                f, r, np.full(p.shape, 1 / p.shape[1]), g
            ),
            "It looks only a few moves ahead. Repeat until nothing changes any more.": (
                lambda f, r, p, g: table_return(f, r, p, g, steps=3)
            ),
            "These are the values after one sweep, which looks one move ahead. Does "
            "the loop end at once? (`old = values` makes no copy.)": (
                lambda f, r, p, g: table_return(f, r, p, g, steps=1)
            ),
            "It always gives 0, the value of the end. Return the value of state 0.": (
                lambda f, r, p, g: 0.0
            ),
        },
        spare=1,
        hints=(
            "Keep one value per state, all 0 at first.",
            "A move is worth its reward plus the discounted value of where it leads: "
            "reward + discount * values[next_state].",
            "Average that over the moves of each state with the policy, store it as "
            "the new values, and repeat a few hundred times.",
        ),
    ),
    "mixed-shift": Exercise(
        reference=mixed_shift,
        cases=(
            (0.2, (0.6, 0.62), (0.05, 0.4)),
            (0.0, (0.6, 0.7), (0.1, 0.4)),
            (1.0, (0.6, 0.7), (-0.1, 0.4)),
            (0.75, (0.3, 0.35), (0.2, 0.9)),
        ),
        mistakes={
            "You mix the two scalars. Levels with more to win weigh more: mix advance "
            "and room first, and divide once.": (
                lambda s, a, p: (1 - s) * a[0] / a[1] + s * p[0] / p[1]
            ),
            "At share 0 all levels are as in training. Which end gets which share?": (
                lambda s, a, p: mixed_shift(1 - s, a, p)
            ),
            "The share does not seem to matter. How do the two enter at share 0.2?": (
                lambda s, a, p: (a[0] + p[0]) / (a[1] + p[1])
            ),
            "Room is what could be earned beyond a random walk, not beyond the agent: "
            "do not add the advance to it.": (
                lambda s, a, p: mixed_shift(s, (a[0], sum(a)), (p[0], sum(p)))
            ),
            "That is how far the agent came. A scalar is a share of the room there "
            "was.": lambda s, a, p: (1 - s) * a[0] + s * p[0],
            "You mix the advances but not the rooms.": (
                lambda s, a, p: ((1 - s) * a[0] + s * p[0]) / a[1]
            ),
        },
        spare=1,
        hints=(
            "With 100 levels, how many are shifted at share 0.2?",
            "The scalar is a sum over levels divided by another sum over levels.",
        ),
    ),
}
