"""The memoriser: tabular Q-learning over whole observations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..mdp import Floats, one_thread
from ..worlds import Levels, World
from .agent import Agent, looks, rows_of
from .progress import progress
from .recipe import Recipe, Settings, random_starts, training_pool


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

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """What has been learned, by name."""
        return {"values": self.values, "keys": self.keys}

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


def memoriser_stages(
    world: World, settings: MemoriserSettings
) -> Iterator[Callable[[], Memoriser]]:
    """Train a memoriser by Q-learning on base reward (Watkins 1989).

    It plays `episodes` episodes of `steps` moves in every level it has, from random
    cells, and explores with probability `explore`. After an episode in every level it
    gives a function that returns the memoriser as it is then.
    """
    rng = np.random.default_rng([settings.seed, 11])
    levels = _distinct(training_pool(world, settings))
    keys = looks(levels)

    def remember(known: Callable[[], NDArray[np.float32]]) -> Memoriser:
        return Memoriser(
            world=world,
            name=f"memoriser {settings.seed}",
            settings=settings.plain(),
            values=known(),
            keys=keys,
        )

    with one_thread():
        for known in q_learning(levels, settings, rng):
            yield partial(remember, known)


def _distinct(levels: Levels) -> Levels:
    """Return one level of each look (they differ in where an episode starts)."""
    return levels[sorted({key: i for i, key in enumerate(levels.keys)}.values())]


def q_learning(
    levels: Levels, settings: MemoriserSettings, rng: np.random.Generator
) -> Iterator[Callable[[], NDArray[np.float32]]]:
    """Give after each episode a function that returns what is known by then.

    That is Q-values [levels, states, actions], NaN where no move was ever tried.
    """
    tables = levels.tables()
    count, _, actions = tables.shape
    reward = tables.rewards[..., 0]
    follow = tables.next_state
    values = np.zeros(tables.shape, np.float32)
    tried = np.zeros(tables.shape, bool)
    level = np.arange(count)
    for _ in progress("memoriser", settings.episodes):
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
        yield lambda: np.where(tried, values, np.nan).astype(np.float32)


RECIPE = Recipe(Memoriser, MemoriserSettings, "episodes", memoriser_stages)
