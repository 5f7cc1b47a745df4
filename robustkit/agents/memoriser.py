"""The memoriser: tabular Q-learning over whole observations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..mdp import Floats, Ints, Tables
from ..worlds import Levels, World
from .agent import Agent, check_table, looks, rows_of
from .recipe import Learning, Recipe, Settings, random_starts, training_pool

DECIDES, BREAKS_TIES = 1e6, 1e-6  # of noise beside values


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

    def check_parts(self) -> None:
        """Raise ValueError for values of other states than its world has."""
        check_table("values", self.values, self.keys, self.world)

    def policy(self, levels: Levels) -> Floats:
        """Return action probabilities [levels, states, actions]."""
        tables = self.check(levels).tables()
        rows = rows_of(levels, self.keys)
        policy = np.full(tables.shape, 1 / tables.shape[2])
        known = rows >= 0
        values = self.values[rows[known]]
        # It knows of no old place to be come to: what that adds to a state is last.
        more = levels.world.flags // self.world.flags
        lives = np.tile(values[:, :-1], (1, more, 1))
        policy[known] = greedy(np.concatenate([lives, values[:, -1:]], 1))
        return policy


def greedy(values: NDArray[Any]) -> Floats:
    """Return the policy that takes the best known move, at random where none is."""
    best = values == np.nanmax(
        np.where(np.isnan(values), -np.inf, values), -1, keepdims=True
    )
    best |= np.isnan(values).all(-1, keepdims=True)
    return best / best.sum(-1, keepdims=True)


@dataclass(frozen=True, eq=False)
class Flat:
    """Tables of base reward, the moves of all levels and states one after the other.

    NumPy looks up single numbers fastest like that. edges: [outcomes - 1, moves], how
    likely the outcomes up to each are.
    """

    reward: Floats
    follow: Ints
    edges: Floats

    @classmethod
    def of(cls, tables: Tables) -> Flat:
        """Return them."""
        edges: Floats = np.zeros((0, 1))
        if tables.chance is not None:
            reach = tables.chance.reshape(-1, tables.outcomes).cumsum(1)
            edges = np.ascontiguousarray(reach[:, :-1].T)
        return cls(tables.rewards[..., 0].ravel(), tables.flat, edges)

    def take(self, move: Ints, luck: Floats) -> tuple[Floats, Ints]:
        """Return what moves pay and the states after; luck: one draw for each."""
        branch = move * (len(self.edges) + 1)
        for edge in self.edges:
            branch += luck >= edge.take(move)
        return self.reward.take(branch), self.follow.take(branch)


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
    count, states, actions = tables.shape
    flat, values = Flat.of(tables), np.zeros(tables.shape, np.float32)
    tried = np.zeros(values.size, bool)
    by_state, by_move = values.reshape(-1, actions), values.reshape(-1)  # views
    starts = random_starts(levels, settings.episodes, rng).T
    for state in starts + np.arange(count) * states:
        # A random move is one that noise alone decides; else it only breaks ties.
        stray = rng.random((settings.steps, count, 1)) < settings.explore
        noise = rng.random((settings.steps, count, actions))
        noise *= np.where(stray, DECIDES, BREAKS_TIES)
        for tilt, luck in zip(noise, rng.random(noise.shape[:2]), strict=True):
            move = (by_state.take(state, 0) + tilt).argmax(1) + state * actions
            # Q(s, a) ← Q(s, a) + rate · (r + γ max Q(s', ·) − Q(s, a)) (Watkins 1989).
            target, state = flat.take(move, luck)
            target += tables.discount * by_state.take(state, 0).max(1)
            by_move[move] += settings.rate * (target - by_move.take(move))
            tried[move] = True
        yield lambda: {
            "values": np.where(tried.reshape(values.shape), values, np.float32("nan")),
            "keys": keys,
        }


RECIPE = Recipe(Memoriser, MemoriserSettings, "episodes", learn)
