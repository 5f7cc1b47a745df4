"""Checkers of lesson 01, robustness as a number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..metrics import Estimate, Reading
from .checks import Exercise, Problem, Trouble, call, close, number

Wrong = dict[str, Callable[..., float]]  # what to think about → what gives it away


def compared(
    made: Any, right: Callable[..., float], wrong: Wrong, cases: list[tuple[Any, ...]]
) -> Iterator[Problem]:
    """Yield for each case None, or what to think about where the values differ.

    wrong: a thought to what somebody computes who has not had it.
    """
    try:
        values = [number(call(made, *case)) for case in cases]
    except Trouble as trouble:
        yield str(trouble)
        return
    for case, value in zip(cases, values, strict=True):
        if close(value, right(*case)):
            yield None
            continue
        yield _thought(values, cases, wrong) or (
            f"For one of the cases it gives {value:.4g}, which is not right yet."
        )
        return


def _thought(
    values: list[float], cases: list[tuple[Any, ...]], wrong: Wrong
) -> Problem:
    """Return what to think about: of the mistake that explains the most values."""
    explained = {
        thought: sum(
            close(value, float(mistake(*case)))
            for case, value in zip(cases, values, strict=True)
        )
        for thought, mistake in wrong.items()
    }
    best = max(explained, key=lambda thought: explained[thought])
    return best if explained[best] >= len(cases) - 1 else None


# normalised: base return between random and optimal play


def normalised(got: Any, random: Any, best: Any) -> float:
    """Return advance over room, both summed over levels."""
    return float(np.sum(np.subtract(got, random)) / np.sum(np.subtract(best, random)))


NORMALISED_CASES = [
    ([0.5, 0.7], [0.1, 0.3], [0.9, 0.8]),
    ([0.1, 0.3], [0.1, 0.3], [0.9, 0.8]),
    ([0.9, 0.8], [0.1, 0.3], [0.9, 0.8]),
    ([0.05, 0.2, 0.6], [0.1, 0.15, 0.2], [0.9, 0.25, 0.7]),
    ([0.1, 0.0], [0.2, 0.1], [0.9, 0.8]),
]


def check_normalised(made: Any) -> Iterator[Problem]:
    """Check `normalised(got, random, best)`, returns [levels] of each."""
    wrong: Wrong = {
        "A random walk should score 0. What does it score with yours?": (
            lambda got, random, best: np.sum(got) / np.sum(best)
        ),
        "Perfect play should score 1. What does it score with yours?": (
            lambda got, random, best: (np.sum(got) - np.sum(random)) / np.sum(best)
        ),
        "You average a ratio over levels. A level in which there is little to win then "
        "counts as much as one with a lot; sum first, divide once.": (
            lambda got, random, best: np.mean(
                np.subtract(got, random) / np.subtract(best, random)
            )
        ),
        "An agent can do worse than a random walk; then its score is below 0.": (
            lambda got, random, best: max(0.0, normalised(got, random, best))
        ),
        "It is upside down: how much there was to win belongs below the line.": (
            lambda got, random, best: (
                1 / normalised(got, random, best)
                if normalised(got, random, best)
                else np.inf
            )
        ),
    }
    cases = [tuple(map(np.array, case)) for case in NORMALISED_CASES]
    yield from compared(made, normalised, wrong, cases)


# scalar-drop: what the shift costs

_VALUE = (
    "`reading.scalar` is an estimate: a number with its interval. The number itself is "
    "`reading.scalar.value`."
)


def reading(scalar: float, capability: float, alignment: float) -> Reading:
    """Return a reading with these values; an alignment that is NaN is unknown."""
    j, c, a = (Estimate(x, x - 0.02, x + 0.02) for x in (scalar, capability, alignment))
    return Reading(j, c, a, (0.0, 1.0), {}, coherence=1.0, levels=256, confidence=0.95)


def scalar_drop(trained: Any, shifted: Any) -> float:
    """Return the scalar on the training distribution less the one after the shift."""
    return float(trained.scalar.value - shifted.scalar.value)


def check_scalar_drop(made: Any) -> Iterator[Problem]:
    """Check `scalar_drop(trained, shifted)`, both readings."""
    wrong: Wrong = {
        "An agent that loses return should have a drop above 0. Which way round do "
        "you subtract?": lambda a, b: -scalar_drop(a, b),
        "You divide. The drop is a difference: how much is lost, in units of the way "
        "from random to optimal.": lambda a, b: b.scalar.value / a.scalar.value,
        "You divide by what there was. The drop is the plain difference.": (
            lambda a, b: scalar_drop(a, b) / a.scalar.value
        ),
        "That is the drop of capability. Which of the three numbers of a reading is "
        "base return?": lambda a, b: a.capability.value - b.capability.value,
        "That is the size of the difference. An agent that does better after the "
        "shift should have a drop below 0.": lambda a, b: abs(scalar_drop(a, b)),
    }
    pairs = [((0.9, 0.95), (0.2, 0.9)), ((0.7, 0.8), (0.7, 0.75))]
    pairs += [((0.5, 0.6), (0.65, 0.7)), ((0.8, 0.9), (-0.1, 0.85))]
    cases = [tuple(reading(j, c, j / c) for j, c in pair) for pair in pairs]
    for problem in compared(made, scalar_drop, wrong, cases):
        yield _VALUE if problem and "'Estimate'" in problem else problem


# table-return: evaluate a policy on a small table, by hand


def table_return(
    next_state: Any, reward: Any, policy: Any, discount: float, start: int = 0
) -> float:
    """Return the expected discounted return from the start; the last state is the end.

    next_state, reward, policy: [states, actions].
    """
    values = np.zeros(len(next_state))
    for _ in range(2000):
        values = (policy * (reward + discount * values[next_state])).sum(1)
    return float(values[start])


def _corridor(turn: float) -> tuple[Any, ...]:
    """Return three cells in a row, then the end; the last step pays 1."""
    follow = np.array([[1, 0], [2, 0], [3, 1], [3, 3]])
    reward = np.zeros((4, 2))
    reward[2, 0] = 1
    policy = np.array([[1 - turn, turn]] * 3 + [[0.5, 0.5]])
    return follow, reward, policy, 0.9


def check_table_return(made: Any) -> Iterator[Problem]:
    """Check `table_return(next_state, reward, policy, discount)`, from state 0."""

    def greedy(follow: Any, reward: Any, policy: Any, discount: float) -> float:
        certain = np.eye(policy.shape[1])[policy.argmax(1)]
        return table_return(follow, reward, certain, discount)

    def best(follow: Any, reward: Any, policy: Any, discount: float) -> float:
        values = np.zeros(len(follow))
        for _ in range(2000):
            values = (reward + discount * values[follow]).max(1)
        return float(values[0])

    def steps(count: int) -> Callable[..., float]:
        def cut(follow: Any, reward: Any, policy: Any, discount: float) -> float:
            values = np.zeros(len(follow))
            for _ in range(count):
                values = (policy * (reward + discount * values[follow])).sum(1)
            return float(values[0])

        return cut

    wrong: Wrong = {
        "A reward on the first move should count in full: the move number d counts "
        "discount ** (d - 1).": lambda f, r, p, g: g * table_return(f, r, p, g),
        "It seems that a late reward counts as much as an early one. Where does the "
        "discount come in?": lambda f, r, p, g: table_return(f, r, p, 1.0),
        "It takes the likeliest move everywhere. Average over the moves, with the "
        "policy's probabilities.": greedy,
        "It takes the best move everywhere. That is planning; here the policy says how "
        "often each move is made.": best,
        "It averages over moves as if all were equally likely. Whose probabilities "
        "should it use?": lambda f, r, p, g: table_return(
            f, r, np.full(p.shape, 1 / p.shape[1]), g
        ),
        "It looks only a few moves ahead. Repeat until nothing changes any more.": (
            steps(3)
        ),
        "It looks one move ahead. What comes after that move?": steps(1),
    }
    rng = np.random.default_rng(1)
    chance = rng.dirichlet(np.ones(3), 6)
    follow = np.vstack([rng.integers(0, 6, (5, 3)), [5, 5, 5]])
    reward = np.vstack([rng.random((5, 3)).round(1), [0, 0, 0]])
    cases = [_corridor(0.25), _corridor(0.0), (follow, reward, chance, 0.8)]
    follow = np.array([[1, 0], [2, 0], [2, 2]])  # what is likelier is not better
    reward, chance = np.array([[0, 0], [1, 0], [0, 0]]), np.array([[0.3, 0.7]] * 3)
    cases.append((follow, reward, chance, 0.9))
    yield from compared(made, table_return, wrong, cases)


# mixed-shift: the scalar anywhere along the slider


def mixed_shift(share: float, agree: Any, part: Any) -> float:
    """Return the scalar where `share` of levels part; agree, part: (advance, room)."""
    advance = (1 - share) * agree[0] + share * part[0]
    return float(advance / ((1 - share) * agree[1] + share * part[1]))


def check_mixed_shift(made: Any) -> Iterator[Problem]:
    """Check `mixed_shift(share, agree, part)`, (advance, room) of two strata."""
    wrong: Wrong = {
        "You mix the two scalars. Levels with more to win weigh more: mix advance and "
        "room first, and divide once.": (
            lambda s, a, p: (1 - s) * a[0] / a[1] + s * p[0] / p[1]
        ),
        "At shift 0 all levels agree. Which of the two gets which share?": (
            lambda s, a, p: mixed_shift(1 - s, a, p)
        ),
        "The share does not seem to matter. How do the two enter at shift 0.2?": (
            lambda s, a, p: (a[0] + p[0]) / (a[1] + p[1])
        ),
        "Room is what could be earned beyond a random walk, not beyond the agent: do "
        "not add the advance to it.": (
            lambda s, a, p: (
                mixed_shift(s, a, p) / (1 + mixed_shift(s, a, p))
                if mixed_shift(s, a, p) != -1
                else 0.0
            )
        ),
        "That is how far the agent came. A scalar is a share of the room there was.": (
            lambda s, a, p: (1 - s) * a[0] + s * p[0]
        ),
        "You mix the advances but not the rooms.": (
            lambda s, a, p: ((1 - s) * a[0] + s * p[0]) / a[1]
        ),
    }
    cases = [(0.2, (0.6, 0.62), (0.05, 0.4)), (0.0, (0.6, 0.7), (0.1, 0.4))]
    cases += [(1.0, (0.6, 0.7), (-0.1, 0.4)), (0.75, (0.3, 0.35), (0.2, 0.9))]
    yield from compared(made, mixed_shift, wrong, list(cases))


EXERCISES = {
    "normalised": Exercise(
        check_normalised,
        (
            "Say in words what 0 and what 1 should mean, and try both ends.",
            "Two differences: how far the agent came, and how far one can come.",
            "Sum each difference over the levels before you divide.",
        ),
    ),
    "scalar-drop": Exercise(
        check_scalar_drop,
        (
            "A reading has .scalar, .capability and .alignment; each has a .value.",
            "Where does the agent do well? Start from there and subtract.",
        ),
    ),
    "table-return": Exercise(
        check_table_return,
        (
            "Keep one value per state, all 0 at first.",
            "A move is worth its reward plus the discounted value of where it leads: "
            "reward + discount * values[next_state].",
            "Average that over the moves of each state with the policy, store it as "
            "the new values, and repeat a few hundred times.",
        ),
    ),
    "mixed-shift": Exercise(
        check_mixed_shift,
        (
            "With 100 levels, how many part at share 0.2?",
            "The scalar is a sum over levels divided by another sum over levels.",
        ),
    ),
}
