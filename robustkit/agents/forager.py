"""Planning where a world is too large for tables: the best of a family of foragers.

A forager wants some kinds of things, shuns others, and walks the shortest way to what
is worth most after discounting. The planner of a large world is the forager that earns
most in sampled episodes. It is a lower bound on optimal play, not optimal.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import product
from typing import Any

import numpy as np

from ..mdp import Floats, Ints
from ..worlds import MOVES, STEP, Levels, World
from ..worlds.rollout import sample_returns

WANTS = (-1.0, 0.0, 0.5, 1.0)  # of each kind of thing; what is below 0 is shunned
PATIENCE = (0, 1, 2, 4)  # wait while no more than so many things of a kind are left
SHY = 1  # keep farther than this from what is shunned
AVERSE = 10.0  # outweighs everything that is wanted
CLOSE = 0.03  # of the headroom between random and best
FAR = 99  # more than any distance
SEARCH = 8, 4  # levels a stratum and episodes of the search
HORIZON = 80  # moves of a sampled episode; at a discount of .95 what follows is 2 %


@dataclass(frozen=True, eq=False)
class Foragers:
    """Some foragers, who go for things by what they are.

    wants: [foragers, kinds], what each kind of thing is worth to each of them.
    patience: [foragers], how many of a kind it leaves where they are.
    """

    wants: Floats
    patience: Ints

    def __len__(self) -> int:
        return len(self.wants)

    def __getitem__(self, index: Any) -> Foragers:
        return Foragers(self.wants[index], self.patience[index])

    def act(
        self, levels: Levels, cell: Ints, flag: Ints, rng: np.random.Generator
    ) -> Ints:
        """Return moves [levels, episodes] from cells and flags of the same shape.

        The episodes are shared out among the foragers, the first of them first.
        """
        who = np.arange(cell.shape[1]) * len(self) // cell.shape[1]
        far, world = distances(levels), levels.world
        level = np.arange(len(levels))[:, None, None]
        onto = cell[..., None] + STEP @ [world.shape[1], 1]
        worth = rng.random(onto.shape) * 1e-6
        gains = world.discount ** np.arange(FAR + 1)
        gains[FAR] = 0  # no way leads there
        flags: Any = flag  # an array, which worlds with chance take
        seen = world.visible(levels, flags)
        for kind, want in zip(kinds(world), self.wants[who].T[..., None], strict=True):
            lies = [
                np.broadcast_to(seen[t.name].reshape(len(levels), -1), cell.shape)
                for t in world.things
                if kind in t.features
            ]
            # One thing after the other: NumPy is slow along an axis as short as theirs.
            ways = [
                np.where(there[..., None] >= 0, far[level, onto, there[..., None]], FAR)
                for there in lies
            ]
            off = reduce(np.minimum, ways)
            few = sum(there >= 0 for there in lies) <= self.patience[who]
            go = np.where(few[..., None], -AVERSE * (off == 0), want * gains[off])
            shun = -AVERSE * (off <= SHY)
            worth += np.select([want > 0, want < 0], [go, shun], 0.0)
        blocked = levels.walls.reshape(len(levels), -1)[level, onto]
        moves: Ints = np.where(blocked, -np.inf, worth).argmax(-1)
        return moves


def kinds(world: World) -> list[str]:
    """Return the kinds of things that can be told apart."""
    return list(dict.fromkeys(mark for t in world.things for mark in t.features))


@lru_cache(maxsize=16)
def distances(levels: Levels) -> Ints:
    """Return moves from cell to cell, [levels, cells, cells]; `FAR` if no way leads."""
    n, width = len(levels), levels.world.shape[1]
    free = ~levels.walls.reshape(n, -1)
    cells = free.shape[1]
    far = np.full((n, cells, cells), FAR, np.int8)
    reached = np.eye(cells, dtype=bool) & free[:, None]
    far[reached] = 0
    for step in range(1, FAR):
        grown = np.zeros_like(reached)
        for move in range(len(MOVES)):
            by = int(STEP[move] @ [width, 1])
            grown |= np.roll(reached, by, axis=2)
        grown &= free[:, None] & (far == FAR)
        if not grown.any():
            break
        far[grown] = step
        reached = grown
    return far


def family(world: World) -> Foragers:
    """Return the foragers among which to search."""
    wants = [w for w in product(WANTS, repeat=len(kinds(world))) if max(w) == 1]
    every = [(want, patience) for want in wants for patience in PATIENCE]
    return Foragers(np.array([e[0] for e in every]), np.array([e[1] for e in every]))


@dataclass(frozen=True, eq=False)
class Search:
    """What every forager of a world earns in each stratum, found once for a world.

    random: [strata, objectives], mean return of a random walk; earned: [strata,
    foragers, objectives], that of each forager. scale: [objectives], headroom between
    random and the best forager, the mean over the strata.
    """

    foragers: Foragers
    random: Floats
    earned: Floats

    @property
    def scale(self) -> Floats:
        """[objectives]."""
        headroom: Floats = (self.earned.max(1) - self.random).mean(0)
        return headroom

    def best(self, mixture: Floats, stratum: int) -> Foragers:
        """Return the forager that earns most of a mixture of R_g / scale_g.

        The simplest of those within `CLOSE` of the best, as what is left is noise.
        """
        weights = mixture / self.scale
        earned = self.earned[stratum] @ weights
        headroom = earned.max() - self.random[stratum] @ weights
        close = np.flatnonzero(earned >= earned.max() - CLOSE * headroom)
        indifferent = (self.foragers.wants[close] == 0).sum(1)
        return self.foragers[[int(close[indifferent.argmax()])]]


@lru_cache(maxsize=16)
def search(world: World) -> Search:
    """Return what the foragers of a world earn in sampled episodes; kept by world."""
    levels, episodes = SEARCH
    foragers = family(world)
    rng = np.random.default_rng([2026, world.size])
    random, earned = [], []
    for part in world.strata(levels, seed=1):
        returns = sample_returns(
            part, foragers.act, len(foragers) * episodes, HORIZON, rng
        )
        shape = levels, len(foragers), episodes, -1
        earned.append(returns.reshape(shape).mean((0, 2)))
        walk = sample_returns(part, random_walk, 16 * episodes, HORIZON, rng)
        random.append(walk.mean((0, 1)))
    return Search(foragers, np.array(random), np.array(earned))


def random_walk(
    levels: Levels, cell: Ints, flag: Ints, rng: np.random.Generator
) -> Ints:
    """Return moves at random."""
    return rng.integers(len(MOVES), size=cell.shape)
