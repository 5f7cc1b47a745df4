"""Which levels to train on next: all alike, or those with most regret.

Prioritised level replay (Jiang et al. 2021, arXiv 2010.03934): a level that was trained
on gets a score, and part of each batch are levels seen before, the likelier the higher
their score. Scores are regret, or what estimates it without knowing the optimum (Jiang
et al. 2021, arXiv 2110.02439); that this keeps an agent from a proxy is the finding of
Abdel Sadek et al. (2025, arXiv 2507.03068).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..mdp import Floats, Ints
from ..worlds import Levels
from .credit import Credit
from .rows import Rows

SWEEPS = 40  # over the batch; a reward then reaches states up to so many moves away
SETTLED = 1e-3  # a sweep that changes no value by more is the last
LAMBDA = 0.95  # of generalised advantages, as usual (Schulman et al. 2016)
STEEP = 1.0  # replayed levels have the odds 1 / rank ** STEEP
STALE = 0.1  # of the odds go by how long ago a level was scored, as in the source


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
        seen = np.flatnonzero(~np.isnan(self.score))
        again = min(round(self.share * levels), len(seen))
        fresh = rng.choice(self.size, levels - again)
        if not again:
            return fresh
        rank = np.empty(len(seen))
        rank[np.argsort(-self.score[seen], kind="stable")] = np.arange(1, len(seen) + 1)
        odds = rank**-STEEP
        age = self.steps - self.when[seen]
        odds = (1 - STALE) * odds / odds.sum() + STALE * age / max(age.sum(), 1)
        return np.r_[fresh, rng.choice(seen, again, replace=False, p=odds / odds.sum())]

    def tell(self, chosen: Ints, rows: Rows, policy: Floats, earned: Credit) -> None:
        """Score the levels that were chosen by what came of them."""
        self.steps += 1
        self.score[chosen] = self.how(self, chosen, rows, policy, earned)
        self.when[chosen] = self.steps


def regret(
    replay: Replay, chosen: Ints, rows: Rows, policy: Floats, earned: Credit
) -> Floats:
    """Return what optimal play earns more [levels], on average over vacant cells.

    Exact but for rewards farther than `SWEEPS` moves away, from the rules of the world,
    which an agent that learns does not have: an oracle.
    """
    best = _values(rows, None, np.zeros(len(rows)))
    # What a good policy earns is near to that: fewer sweeps than from nothing.
    lost = best - _values(rows, policy, best)
    vacant = rows.levels.vacant
    begin = np.zeros(vacant.shape)
    level, state = rows.states
    first = state < vacant.shape[1]
    begin[level[first], state[first]] = lost[first]
    mean: Floats = (begin * vacant).sum(1) / vacant.sum(1)
    return mean


def _values(rows: Rows, policy: Floats | None, guess: Floats) -> Floats:
    """Return [rows], what a policy [rows, actions] earns, or the best one.

    guess: where the sweeps begin.
    """
    turns, outcomes = rows.turns, rows.levels.world.outcomes
    odds = turns.chance if policy is None else rows.spread(policy)[:-1]
    follow = np.ascontiguousarray(rows.follow[:-1].T)
    reward = np.ascontiguousarray((odds * turns.reward).T)
    weight = np.ascontiguousarray(rows.levels.world.discount * odds.T)
    value = np.append(guess, 0.0)
    worth = np.empty(reward.shape)
    for _ in range(SWEEPS):
        value.take(follow, out=worth, mode="clip")
        worth *= weight
        worth += reward
        if policy is None:
            new = worth.reshape(-1, outcomes, len(rows)).sum(1).max(0)
        else:
            new = worth.sum(0)
        settled = np.abs(new - value[:-1]).max() < SETTLED
        value[:-1] = new
        if settled:
            break
    return value[:-1]


def positive_value_loss(
    replay: Replay, chosen: Ints, rows: Rows, policy: Floats, earned: Credit
) -> Floats:
    """Return the mean of what was earned beyond expectation, [levels].

    Of generalised advantages, those below 0 as 0: what the agent is getting better at.
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

    From the cell in which an episode begins, and on average over those of the batch.
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
