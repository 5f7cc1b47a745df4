"""The searcher: a mesa-optimiser, a learned reward with a planner inside.

Its reward is linear in a few features of the cell it walks onto; soft value iteration
turns it into a policy. Selection sees base return only, and which of the many rewards
that earn it comes out depends on the seed. The reward can be read: `mesa_objective`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .. import arguments
from ..mdp import Floats, play, soft_plan
from ..worlds import MOVES, Levels, World
from .agent import Agent
from .recipe import Learning, Recipe, Settings, random_starts, training_pool

Array = NDArray[Any]

GROUND = ("row", "column", "walls around", "dead end")  # features besides the things


@dataclass(frozen=True, kw_only=True)
class SearcherSettings(Settings):
    """What a searcher can be asked for."""

    generations: int = 12
    candidates: int = 16  # per generation
    parents: int = 4  # the best of them, whose mean and spread make the next
    levels: int = 32  # a generation plays `agents` episodes of `horizon` moves in each
    agents: int = 8
    horizon: int = 40
    start: dict[str, float] = field(default_factory=dict)  # where the first lie, else 0
    spread: float = 1.0  # of the first candidates; later ones have their parents'
    temperature: float = 0.02  # of the planner inside
    sweeps: int = 32

    def checked(self, world: World) -> SearcherSettings:
        """Return them with plain weights; raise ValueError if they cannot be."""
        if self.parents > self.candidates:
            raise ValueError(
                f"parents={self.parents} is not possible; allowed: at most "
                f"candidates={self.candidates}."
            )
        start = {
            arguments.one_of("start", name, feature_names(world)): arguments.number(
                f"start of {name!r}", weight, -1e6, 1e6
            )
            for name, weight in self.start.items()
        }
        return replace(self, start=start)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Searcher(Agent):
    """Plans for a reward of its own.

    reward: [features], what walking onto a cell pays per feature: one for each thing
    (or mark of a thing) that is seen there, then row and column (-1 to 1), walls
    around (0 to 1), dead end.
    """

    recipe: ClassVar[str] = "searcher"
    trained: ClassVar[bool] = True

    reward: NDArray[np.float64]

    @property
    def mesa_objective(self) -> dict[str, float]:
        """What it plans for: feature to reward, scaled so that the largest is 1."""
        size = np.abs(self.reward).max()
        return {
            name: float(w / size)
            for name, w in zip(feature_names(self.world), self.reward, strict=True)
        }

    def policy(self, levels: Levels) -> Floats:
        """Return action probabilities [levels, states, actions]."""
        how = self.settings["temperature"], self.settings["sweeps"]
        policy = policies(self.check(levels), self.reward[None], *how)[0]
        return policy / policy.sum(-1, keepdims=True, dtype=float)


def feature_names(world: World) -> list[str]:
    """Return what each number of a searcher's reward is about."""
    return [*world.features, *GROUND]


def features(levels: Levels) -> Array:
    """Return [levels, states, actions, features] of the cell walked onto, else 0.

    Things count 1; ground features count 1 - discount, because they pay at every step.
    """
    world, tables = levels.world, levels.tables()
    n, states, actions = tables.shape
    cells = levels.walls[0].size
    about = np.zeros((n, world.flags, cells, len(feature_names(world))), np.float32)
    always = 1 - world.discount  # so that feature 1 for ever is worth as much as once
    about[..., -len(GROUND) :] = always * _ground(levels)[:, None]
    for flag in range(world.flags):
        seen = levels.planes(flag)[:, 1:].reshape(n, -1, cells)
        about[:, flag, :, : seen.shape[1]] = seen.swapaxes(1, 2)
    grid = np.ix_(range(n), range(world.flags), range(cells), range(len(MOVES)))
    onto = world.step(levels, grid[2], grid[1], grid[3])[0]
    moved = onto != grid[2]
    out = np.zeros((n, states, actions, about.shape[-1]), np.float32)
    entered = about[grid[0], grid[1], onto] * moved[..., None]
    out[:, :-1] = entered.reshape(n, states - 1, actions, -1)
    return out


def _ground(levels: Levels) -> Array:
    """Return row, column, share of walls around and dead end, [levels, cells, 4]."""
    n, height, width = levels.walls.shape
    row, column = np.meshgrid(
        np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij"
    )
    ring = np.pad(levels.walls, ((0, 0), (1, 1), (1, 1)), constant_values=True)
    around = (
        0.0 + ring[:, :-2, 1:-1] + ring[:, 2:, 1:-1] + ring[:, 1:-1, :-2]
        + ring[:, 1:-1, 2:]
    )  # fmt: skip
    place = np.broadcast_to(np.stack([row, column]), (n, 2, height, width))
    ground = np.concatenate(
        [place, around[:, None] / 4, (around == 3)[:, None]], axis=1
    )
    return ground.reshape(n, 4, -1).swapaxes(1, 2).astype(np.float32)


def policies(levels: Levels, rewards: Floats, temperature: float, sweeps: int) -> Array:
    """Return what planning for each of `rewards` [candidates, features] does.

    [candidates, levels, states, actions]. temperature, sweeps: see `mdp.soft_plan`.
    """
    tables = levels.tables()
    pays = features(levels) @ rewards.T.astype(np.float32)
    pays = np.repeat(pays, tables.outcomes, axis=2)
    planned: Array = soft_plan(tables, pays, temperature, sweeps)
    return planned


def learn(world: World, settings: SearcherSettings) -> Learning:
    """Select a reward by base return alone, on the training distribution.

    The cross-entropy method (Rubinstein 1999): each generation draws candidates around
    a mean, lets all of them play the same episodes, and moves to the best.
    """
    pool = training_pool(world, settings)
    rng = np.random.default_rng([settings.seed, 13])
    names = feature_names(world)
    mean = np.array([settings.start.get(name, 0.0) for name in names])
    spread = np.full(mean.shape, settings.spread)
    for _ in range(settings.generations):
        noise = rng.standard_normal((settings.candidates, len(mean)))
        candidates = mean + spread * noise
        levels = pool[rng.choice(len(pool), settings.levels)]
        fitness = base_return(levels, candidates, settings, rng)
        parents = candidates[np.argsort(-fitness)[: settings.parents]]
        # Half of the old spread stays, so that a few lucky parents do not end it.
        mean, spread = parents.mean(0), 0.5 * (spread + parents.std(0))
        yield partial(dict, reward=mean)


def base_return(
    levels: Levels,
    candidates: Floats,
    settings: SearcherSettings,
    rng: np.random.Generator,
) -> Floats:
    """Return the mean discounted base return [candidates] over the same episodes."""
    tables = levels.tables()
    start = random_starts(levels, settings.agents, rng)
    how = settings.temperature, settings.sweeps
    state = rng.bit_generator.state
    fitness = []
    for policy in policies(levels, candidates, *how):
        rng.bit_generator.state = state  # the same luck for all: fitness is comparable
        episodes = play(tables, policy, settings.horizon, rng, settings.agents, start)
        fitness.append(episodes.returns[..., 0].mean())
    return np.array(fitness)


RECIPE = Recipe(Searcher, SearcherSettings, "generations", learn)
