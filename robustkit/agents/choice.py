"""Which levels to train on next: all alike, or those with most regret.

Prioritised level replay (Jiang et al. 2021, arXiv 2010.03934): a level that was trained
on gets a score, and levels seen before come again, the likelier the higher it is. Their
scores say how much there is to learn; regret, and estimates of it that do without the
optimum, came with robust replay (Jiang et al. 2021, arXiv 2110.02439). That regret
keeps an agent from a proxy is the finding of Abdel Sadek et al. (2025, arXiv
2507.03068). Where this differs: part of every batch is new and part comes again, where
they toss a coin for the whole batch; new levels are trained on, which robust replay
does not do; and a level has many starts, over which its score is a mean.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..mdp import Floats, Ints
from ..worlds import Levels
from .credit import Credit
from .rows import Rows

# Sweeps are over once so many of them change no value by more. What they have not come
# to then is below SETTLED / (γ ** -TOGETHER - 1): .02 where the discount γ is .95.
TOGETHER, SETTLED = 4, 4e-3
LAMBDA = 0.95  # of generalised advantages, as usual (Schulman et al. 2016)
# The odds of a level seen before are 1 / rank ** STEEP, and `STALE` of them go by how
# long ago it was scored. The source has 1 / rank ** 10 and .1, later work on mazes
# 1 / rank ** 3.3 and .3. Tried on 6 seeds in `cheese` and `dish`: with an exponent of 1
# one seed in six misses the few levels that tell, with 3.3 `dish` learns a little less.
STEEP, STALE = 2.0, 0.3


class Uniform:
    """Chooses among all levels of a pool alike."""

    def __init__(self, pool: Levels) -> None:
        self.size = len(pool)

    def choose(self, levels: int, rng: np.random.Generator) -> Ints:
        """Return which levels of the pool come next."""
        return rng.choice(self.size, levels)

    def tell(self, chosen: Ints, rows: Rows, policy: Floats, earned: Credit) -> None:
        """Hear what came of the levels that were chosen."""


class Replay(Uniform):
    """Chooses levels by score, and keeps the scores.

    share: of a batch, of levels seen before. best: [levels of the pool, cells], the
    highest return seen from each cell.
    """

    def __init__(self, pool: Levels, score: str, share: float) -> None:
        super().__init__(pool)
        self.how, self.share = SCORES[score], share
        self.score = np.full(self.size, np.nan)
        self.when = np.zeros(self.size)  # it was scored last
        cells = pool.vacant.shape[1] if score == "maxmc" else 0
        self.best = np.full((self.size, cells), -np.inf)
        self.steps = 0

    def choose(self, levels: int, rng: np.random.Generator) -> Ints:
        """Return which levels of the pool come next."""
        seen = np.flatnonzero(self.when)
        again = min(round(self.share * levels), len(seen))
        fresh = rng.choice(self.size, levels - again)
        if not again:
            return fresh
        odds = np.empty(len(seen))
        odds[np.argsort(-self.score[seen])] = np.arange(1.0, len(seen) + 1) ** -STEEP
        age = self.steps - self.when[seen]
        odds *= (1 - STALE) / odds.sum()
        odds += STALE * age / max(age.sum(), 1)
        # So many different ones by their odds: those with the shortest waits, each wait
        # exponential with its odds as the rate (Efraimidis and Spirakis 2006).
        with np.errstate(divide="ignore"):
            waits = rng.standard_exponential(len(seen)) / odds
        return np.r_[fresh, seen[np.argpartition(waits, again - 1)[:again]]]

    def tell(self, chosen: Ints, rows: Rows, policy: Floats, earned: Credit) -> None:
        """Score the levels that were chosen by what came of them."""
        self.steps += 1
        self.score[chosen] = self.how(self, chosen, rows, policy, earned)
        self.when[chosen] = self.steps


def regret(
    replay: Replay, chosen: Ints, rows: Rows, policy: Floats, earned: Credit
) -> Floats:
    """Return how much more optimal play earns [levels], averaged over vacant cells.

    By the rules of the world, which an agent that learns does not have: an oracle.
    `rk.regret` is the same from the one start that a level has when it is measured.
    """
    sweep = _Sweep(rows)
    best = sweep.values(rows.turns.chance, np.zeros(len(rows)), best=True)
    # What a good policy earns is near to that: fewer sweeps than from nothing.
    lost = best - sweep.values(rows.spread(policy)[:-1], best)
    vacant = rows.levels.vacant
    begin = np.zeros(vacant.shape)
    level, state = rows.states
    first = state < vacant.shape[1]
    begin[level[first], state[first]] = lost[first]
    mean: Floats = (begin * vacant).sum(1) / vacant.sum(1)
    return mean


class _Sweep:
    """Rows laid out [branches, rows], over which values are swept."""

    def __init__(self, rows: Rows) -> None:
        self.follow = np.ascontiguousarray(rows.follow[:-1].T)
        self.reward = np.ascontiguousarray(rows.turns.reward.T)
        self.discount = rows.levels.world.discount
        self.outcomes = rows.levels.world.outcomes

    def values(self, odds: Floats, guess: Floats, best: bool = False) -> Floats:
        """Return [rows], what is earned where these are the odds [rows, branches].

        guess: where the sweeps begin. best: whether odds are those after an action, and
        the best action is taken.
        """
        chance = np.ascontiguousarray(odds.T)
        reward, weight = chance * self.reward, self.discount * chance
        value, worth = np.append(guess, 0.0), np.empty(reward.shape)
        while True:
            before = value[:-1].copy()
            for _ in range(TOGETHER):
                value.take(self.follow, out=worth, mode="clip")
                worth *= weight
                worth += reward
                moves = worth
                if best and self.outcomes > 1:
                    moves = worth.reshape(-1, self.outcomes, len(before)).sum(1)
                (moves.max if best else moves.sum)(0, out=value[:-1])
            if np.abs(value[:-1] - before).max() < SETTLED:
                return value[:-1]


def positive_value_loss(
    replay: Replay, chosen: Ints, rows: Rows, policy: Floats, earned: Credit
) -> Floats:
    """Return the mean of what was earned beyond expectation, [levels].

    Of generalised advantages, those below 0 as 0 (their section 3.3). The published
    value is a critic's, which lags behind what is earned. Here it is fitted to these
    same moves (see `sampled_credit`), so that surprises cancel on average and the score
    says how much returns spread.
    """
    played = earned.episodes()
    ahead, total = 0.0, np.zeros(played.loss.shape[1:])
    keep = rows.levels.world.discount * LAMBDA
    for loss, alive in zip(played.loss[::-1], played.alive[::-1], strict=True):
        ahead = loss + keep * ahead
        total += np.maximum(ahead, 0) * alive
    return total.sum(1) / played.alive.sum((0, 2))


def max_monte_carlo(
    replay: Replay, chosen: Ints, rows: Rows, policy: Floats, earned: Credit
) -> Floats:
    """Return how far what is expected lies below the best that was ever seen, [levels].

    The published score compares the highest return of a level with the value of every
    state on the way. Here starts differ, so that the highest return is that from the
    same cell, and only values at starts count. Beyond the last move it goes by the
    value there.
    """
    played, discount = earned.episodes(), rows.levels.world.discount
    gained = played.last
    for reward in played.reward[::-1]:
        gained = reward + discount * gained
    cell = rows.states[1][played.start]
    key = chosen[:, None] * replay.best.shape[1] + cell
    np.maximum.at(replay.best.reshape(-1), key.ravel(), gained.ravel())
    return (replay.best.take(key) - played.value).mean(1)


SCORES: dict[str, Callable[..., Floats]] = {
    "regret": regret,
    "pvl": positive_value_loss,
    "maxmc": max_monte_carlo,
}
ESTIMATES = "pvl", "maxmc"  # which need episodes
CHOICES = ("uniform", *SCORES)


def replay_of(settings: Any, pool: Levels) -> Uniform:
    """Return how the levels of a pool are chosen."""
    if settings.choice == "uniform":
        return Uniform(pool)
    return Replay(pool, settings.choice, settings.replayed)
