"""The memoriser: tabular Q-learning over whole observations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..mdp import Floats
from ..worlds import Levels, World
from .agent import Agent, looks, rows_of
from .recipe import Learning, Recipe, Settings, random_starts, training_pool


@dataclass(frozen=True, kw_only=True)
class MemoriserSettings(Settings):
    """What a memoriser can be asked for."""

    episodes: int = 400  # in every level, of `steps` moves each
    steps: int = 40
    rate: float = 0.5
    explore: float = 0.3  # probability of a random move while learning


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Memoriser(Agent):
    """Knows what it has seen, level by level, and nothing else.

    It remembers a value for each observation (walls, things, its own place) and each
    move. Where it has never been it moves at random.

    values: [seen levels, states, actions], Q-values; NaN where it has never been.
    keys: [seen levels], what each of these levels looks like.
    """

    recipe: ClassVar[str] = "memoriser"
    trained: ClassVar[bool] = True

    values: NDArray[np.float32]
    keys: NDArray[np.uint8]

    def policy(self, levels: Levels) -> Floats:
        """Return action probabilities [levels, states, actions]."""
        tables = self.check(levels).tables()
        rows = rows_of(levels, self.keys)
        policy = np.full(tables.shape, 1 / tables.shape[2])
        known = rows >= 0
        policy[known] = greedy(self.values[rows[known]])
        return policy


def greedy(values: NDArray[Any]) -> Floats:
    """Return the policy that takes the best known move, at random where none is."""
    best = values == np.nanmax(
        np.where(np.isnan(values), -np.inf, values), -1, keepdims=True
    )
    best |= np.isnan(values).all(-1, keepdims=True)
    return best / best.sum(-1, keepdims=True)


def learn(world: World, settings: MemoriserSettings) -> Learning:
    """Learn by Q-learning on base reward (Watkins 1989).

    It plays `episodes` episodes of `steps` moves in every level it has, from random
    cells, and explores with probability `explore`; a step is an episode in every level.
    """
    rng = np.random.default_rng([settings.seed, 11])
    levels = training_pool(world, settings)
    # One level of each look; they differ in where an episode starts.
    levels = levels[sorted({key: i for i, key in enumerate(levels.keys)}.values())]
    tables, keys = levels.tables(), looks(levels)
    count, _, actions = tables.shape
    reward = tables.rewards[..., 0]
    follow = tables.next_state
    values = np.zeros(tables.shape, np.float32)
    tried = np.zeros(tables.shape, bool)
    level = np.arange(count)
    for _ in range(settings.episodes):
        state = random_starts(levels, 1, rng)[:, 0]
        for _ in range(settings.steps):
            noise = rng.random((count, actions)) * 1e-6  # breaks ties at random
            move = (values[level, state] + noise).argmax(1)
            explore = rng.random(count) < settings.explore
            move = np.where(explore, rng.integers(actions, size=count), move)
            branch = tables.draw(level, state, move, rng)
            new = follow[level, state, branch]
            # Q(s, a) ← Q(s, a) + rate · (r + γ max Q(s', ·) − Q(s, a)) (Watkins 1989).
            target = reward[level, state, branch]
            target = target + tables.discount * values[level, new].max(1)
            error = target - values[level, state, move]
            values[level, state, move] += settings.rate * error
            tried[level, state, move] = True
            state = new
        yield lambda: {
            "values": np.where(tried, values, np.float32("nan")),
            "keys": keys,
        }


RECIPE = Recipe(Memoriser, MemoriserSettings, "episodes", learn)
