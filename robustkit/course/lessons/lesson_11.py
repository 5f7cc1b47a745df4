"""Exercises of lesson 11, moving back up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...mdp import Floats
from ..exercise import Exercise, NotYet, as_it_is, call, in_words, led_by, same

Two = tuple[float, float]


def level_regret(best: Any, earned: Any) -> Two:
    """Return mean and worst-level regret."""
    regret = np.asarray(best) - np.asarray(earned)
    return float(regret.mean()), float(regret.max())


def replay_odds(scores: Any) -> Floats:
    """Return the probability of each level to be chosen."""
    scores = np.asarray(scores, float)
    odds = np.zeros(len(scores))
    seen = np.flatnonzero(~np.isnan(scores))
    order = seen[np.argsort(-scores[seen])]
    odds[order] = 1 / np.arange(1, len(order) + 1) ** 2
    return odds / odds.sum()


def meets_telling(share: float, levels: int) -> float:
    """Return the probability to meet at least one telling level."""
    return float(1 - (1 - share) ** levels)


def dearest_price(before: float, after: float, handed_over: float) -> float:
    """Return the price per move at which handing over no longer pays, or NaN."""
    if handed_over == 0:
        return float("nan")
    return (after - before) / handed_over


def _two(value: Any, *case: Any) -> Two:
    mean, worst = (float(x) for x in value)
    return mean, worst


def _odds(value: Any, *case: Any) -> Floats:
    """Return a learner's probabilities; raise `NotYet` if they are none."""
    odds = np.asarray(value, float)
    count = len(case[0])
    if odds.shape != (count,):
        raise NotYet(
            f"It should give {count} numbers, one for each level; it gives an array of "
            f"shape {odds.shape}."
        )
    if np.isnan(odds).any():
        raise NotYet("A level without a score is chosen with probability 0, not NaN.")
    return odds


def _by_value(scores: Any) -> Floats:
    known = np.nan_to_num(scores)
    odds: Floats = known / known.sum()
    return odds


def _ranked(scores: Any, power: float, worst: bool = False) -> Floats:
    seen = ~np.isnan(scores)
    rank = np.argsort(np.argsort(scores[seen] if worst else -scores[seen])) + 1.0
    odds = np.zeros(len(scores))
    odds[seen] = rank**-power
    return odds / odds.sum()


def _not_scaled(scores: Any) -> Floats:
    odds: Floats = np.round(replay_odds(scores) / replay_odds(scores).max(), 12)
    return odds


def _check_scores_kept(answer: Any) -> Iterator[None]:
    """Look whether the scores that it is given are left as they are."""
    scores = np.array([0.1, np.nan, 0.7])
    call(answer, scores)
    if not same(scores, np.array([0.1, np.nan, 0.7])):
        raise NotYet("It changes the scores that it is given. Work on a copy.")
    yield


NAN = float("nan")
SCORES = (
    [0.1, 0.5, 0.3],
    [0.02, NAN, 0.9, 0.4, NAN],
    [0.0, 0.7, 0.2, 0.5],
)

EXERCISES = {
    "level-regret": Exercise(
        reference=level_regret,
        cases=(
            ([0.9, 0.4, 0.7], [0.3, 0.2, 0.6]),
            ([0.5, 0.5], [0.1, 0.4]),
            ([0.6, 0.9, 0.3, 0.2], [0.5, 0.9, 0.0, 0.2]),
        ),
        given=lambda best, earned: (np.array(best), np.array(earned)),
        read=_two,
        mistakes={
            "Regret is what is missed: the other way round.": lambda best, earned: (
                tuple(-x for x in level_regret(best, earned))
            ),
            "Worst is the level on which most is missed, not the one on which least is "
            "earned.": lambda best, earned: (
                level_regret(best, earned)[0],
                (best - earned)[np.argmin(earned)],
            ),
            "Regret is a difference here, not a share.": lambda best, earned: (
                np.mean(1 - earned / best),
                np.max(1 - earned / best),
            ),
            "The mean comes first, then the worst.": lambda best, earned: level_regret(
                best, earned
            )[::-1],
            "The second number is the largest regret of a level, not the smallest.": (
                lambda best, earned: (np.mean(best - earned), np.min(best - earned))
            ),
        },
        show=lambda value, best, earned: (
            f"Where optimal play earns {best} and the agent {earned}, it gives "
            f"{value[0]:.3g} and {value[1]:.3g}."
        ),
        trouble=led_by("It should return two numbers."),
        changed="It changes the arrays that it is given. Work on a copy.",
        hints=(
            "What does the agent miss on each level?",
            "One array of differences; then its mean and its largest value.",
        ),
    ),
    "replay-odds": Exercise(
        reference=replay_odds,
        cases=tuple((scores,) for scores in SCORES),
        given=lambda scores: (np.array(scores, float),),
        read=_odds,
        mistakes={
            "By rank, not by the score itself: one huge score should not be all.": (
                _by_value
            ),
            "The highest score has rank 1; yours favours the lowest.": (
                lambda scores: _ranked(scores, 2, worst=True)
            ),
            "The rank is squared in the source of this exercise; you take it as it "
            "is.": lambda scores: _ranked(scores, 1),
            "Odds are not yet probabilities: what should they add up to?": _not_scaled,
        },
        show=lambda value, scores: (
            f"For the scores {in_words(scores)} it gives "
            f"{in_words(np.round(value, 3).tolist())}."
        ),
        trouble=led_by("It should return an array, a number for each level."),
        more=_check_scores_kept,
        hints=(
            "Leave out the levels without a score, rank the others, fill in zeros.",
            "np.argsort(-x) gives places from the largest to the smallest.",
        ),
    ),
    "meets-telling": Exercise(
        reference=meets_telling,
        cases=(
            (0.01, 100),
            (0.001, 2400),
            (0.0, 50),
            (0.5, 1),
            (0.3, 7),
        ),
        mistakes={
            "That is how many telling levels to expect, which is no probability.": (
                lambda share, levels: share * levels
            ),
            "That is how likely it meets none.": lambda share, levels: (
                (1 - share) ** levels
            ),
            "That is how likely all of them tell.": lambda share, levels: share**levels,
            "The number of levels to expect, cut off at 1, is too much: some of them "
            "come twice while others do not come.": lambda share, levels: min(
                1.0, share * levels
            ),
        },
        show=lambda value, share, levels: (
            f"With a share of {share} and {levels} levels it gives {value:.4g}."
        ),
        hints=(
            "How likely is it that one level does not tell? And all of them?",
            "The levels are drawn one by one, each without regard to the others.",
        ),
    ),
    "dearest-price": Exercise(
        reference=dearest_price,
        cases=(
            (0.4, 0.9, 0.25),
            (0.35, 0.95, 0.6),
            (0.8, 0.7, 0.1),
            (0.5, 0.5, 0.0),
            (0.2, 0.9, 1.4),
        ),
        read=as_it_is,
        mistakes={
            "A price per move: how many moves are handed over?": (
                lambda before, after, moves: after - before
            ),
            "What is gained for each move handed over, not the other way round.": (
                lambda before, after, moves: (
                    moves / (after - before) if after != before else NAN
                )
            ),
            "If it hands over nothing, no price matters, so that there is none: NaN.": (
                lambda before, after, moves: (after - before) / moves if moves else 0.0
            ),
            "Where handing over makes things worse, one would have to be paid for it: "
            "a price below 0 is right.": lambda before, after, moves: max(
                0.0, dearest_price(before, after, moves)
            ),
        },
        show=lambda value, before, after, moves: (
            f"From {before} to {after} with {moves} moves handed over it gives "
            f"{in_words(value)}."
        ),
        hints=(
            "At that price what is gained and what is paid are the same.",
            "Gain = price × moves handed over; solve for the price.",
        ),
    ),
}
