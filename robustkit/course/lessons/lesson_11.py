"""Exercises of lesson 11, moving back up."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...mdp import Floats
from ..answer import NotYet, array_of, number, several
from ..exercise import Exercise

Two = tuple[float, float]
NAN = float("nan")


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
        return NAN
    return (after - before) / handed_over


def _odds(value: Any, scores: Any) -> Floats:
    """Return a learner's probabilities; raise `NotYet` if they are not."""
    words = f"{len(scores)} numbers, one for each level"
    odds: Floats = array_of(value, (len(scores),), words)
    if np.isnan(odds[~np.isnan(scores)]).any():
        words = (
            "A level with a score gets NaN. Does the sum include a NaN, or is there a "
            "rank of 0?"
        )
        raise NotYet(words)
    if np.isnan(odds).any():
        raise NotYet("A level without a score is chosen with probability 0, not NaN.")
    return odds


UPSIDE_DOWN = "What is gained for each move handed over, not the other way round."


def _no_price(words: str, before: float, after: float, moves: float) -> str:
    """Say what "no price" looks like, if it is that on which the answer fails."""
    if moves:
        return UPSIDE_DOWN * ("ZeroDivision" in words)
    return "Where nothing is handed over there is no price: use `np.nan`."


def _shares(odds: Any) -> Any:
    """Return odds as probabilities, 0 where they are NaN."""
    return np.nan_to_num(odds) / np.nansum(odds)


def _rank(scores: Any) -> Any:
    """Return the rank of each score, 1 for the highest, or NaN."""
    return np.argsort(np.argsort(-scores)) + 1 + 0 * scores


def _last(scores: Any) -> Any:
    """Return probabilities where levels without a score are ranked last."""
    return _shares(_rank(np.nan_to_num(scores, nan=-99)) ** -2)


# By the first four mistakes are recognised. Levels without a score come last there: to
# rank them as 0, or as np.argsort does, comes to the same however it is programmed.
SCORES = (
    [0.1, 0.5, 0.3],
    [0.0, 0.7, 0.2, 0.5],
    [0.4, -0.3, 0.9, -0.1, NAN],
    [0.02, 0.9, 0.4, NAN, NAN],
    [0.02, NAN, 0.9, 0.4, NAN],
    [NAN, 0.0, 0.7],
)

EXERCISES = {
    "level-regret": Exercise(
        reference=level_regret,
        cases=(
            ([0.9, 0.4, 0.7], [0.3, 0.2, 0.6]),
            ([0.5, 0.5], [0.1, 0.4]),
            ([0.857375, 0.6, 0.9025], [0.120932, 0.6, 0.5]),
            ([0.3, 0.5, 0.4], [0.1, 0.9, 0.3]),
        ),
        given=lambda best, earned: (np.array(best), np.array(earned)),
        read=several(2),
        mistakes={
            "Regret is what is missed: the other way round.": lambda best, earned: (
                tuple(-x for x in level_regret(best, earned))
            ),
            "Regret is what the agent misses; yours is its lead over optimal play.": (
                lambda best, earned: level_regret(earned, best)
            ),
            "The mean is right. On the worst level, too, what is missed counts, not "
            "the agent's lead.": lambda best, earned: (
                np.mean(best - earned),
                np.max(earned - best),
            ),
            "The first number is a mean: how many levels are there?": (
                lambda best, earned: (np.sum(best - earned), np.max(best - earned))
            ),
            "How much is missed on the worst level, not which level it is.": (
                lambda best, earned: (np.mean(best - earned), np.argmax(best - earned))
            ),
            "Where the agent was lucky its regret is below 0: keep the sign.": (
                lambda best, earned: level_regret(abs(best - earned), 0)
            ),
            "Where the agent was lucky its regret is below 0, not 0.": (
                lambda best, earned: level_regret(np.maximum(best, earned), earned)
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
            "By rank, not by the score itself: one huge score should not decide all.": (
                _shares
            ),
            "The highest score has rank 1; yours favours the lowest.": (
                lambda scores: _shares(_rank(-scores) ** -2)
            ),
            "The rank is squared in this exercise; you take it as it is.": (
                lambda scores: _shares(1 / _rank(scores))
            ),
            "np.argsort says which level comes first, second and so on. The rank of a "
            "level is its place in that order.": lambda scores: _shares(
                (np.argsort(-scores) + 1 + 0 * scores) ** -2
            ),
            "NaN is not a score of 0: a level without a score takes no rank.": (
                lambda scores: _shares(_rank(np.nan_to_num(scores)) ** -2 + 0 * scores)
            ),
            "A level without a score gets probability 0; yours may be chosen.": _last,
            "Leave out levels without a score before dividing by the sum, not after.": (
                lambda scores: np.where(np.isnan(scores), 0, _last(scores))
            ),
            "// leaves only whole numbers, so that all but the first rank get 0.": (
                lambda scores: _rank(scores) == 1
            ),
            "Odds are not yet probabilities: what should they add up to?": (
                lambda scores: np.nan_to_num(_rank(scores) ** -2)
            ),
        },
        telling=4,
        hints=(
            "Leave out the levels without a score, rank the others, fill in zeros.",
            "np.argsort(-x) gives the levels in order, the highest score first.",
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
            "That is how many telling levels to expect, not a probability.": (
                lambda share, levels: share * levels
            ),
            "That is how likely it meets none.": lambda share, levels: (
                (1 - share) ** levels
            ),
            "That is how likely all of them tell.": lambda share, levels: share**levels,
            "That is how likely just one of them tells. Two or more will do as well.": (
                lambda share, levels: levels * share * (1 - share) ** (levels - 1)
            ),
            "The expected number of levels, cut off at 1, is too high: sometimes there "
            "are two of them, sometimes none.": lambda share, levels: min(
                1.0, share * levels
            ),
        },
        hints=(
            "How likely is it that one level does not tell? And all of them?",
            "The levels are drawn one by one, each without regard to the others.",
        ),
    ),
    "dearest-price": Exercise(
        reference=dearest_price,
        cases=(
            (0.4, 0.9, 0.3),
            (0.35, 0.95, 0.7),
            (0.8, 0.7, 0.15),
            (0.6, 0.6, 0.4),
            (0.2, 0.9, 1.3),
            (0.5, 0.5, 0.0),
        ),
        telling=5,  # those with a price, whatever a mistake makes of the last
        read=number,
        mistakes={
            "A price per move: how many moves are handed over?": (
                lambda before, after, moves: after - before
            ),
            "Before and after are the other way round: what is gained?": (
                lambda before, after, moves: dearest_price(after, before, moves)
            ),
            UPSIDE_DOWN: lambda before, after, moves: (
                moves / (after - before) if after != before else NAN
            ),
            "Where nothing is gained the price is 0. There is none only where nothing "
            "is handed over.": lambda before, after, moves: dearest_price(
                before, after, moves if after != before else 0.0
            ),
            "If it hands over nothing, no price matters: return NaN.": (
                lambda before, after, moves: (after - before) / moves if moves else 0.0
            ),
            "Where handing over makes things worse, you would have to be paid to do "
            "it: a price below 0 is right.": lambda before, after, moves: np.maximum(
                0.0, dearest_price(before, after, moves)
            ),
        },
        trouble=_no_price,
        hints=(
            "At that price what is gained and what is paid are the same.",
            "Gain = price × moves handed over; solve for the price.",
        ),
    ),
}
