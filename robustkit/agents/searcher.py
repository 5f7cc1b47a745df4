"""The searcher: a mesa-optimiser, a learned reward with a planner inside.

Its reward is linear in a few features of the cell it walks onto; soft value iteration
turns it into a policy. Selection sees base return only, and which of the many rewards
that earn it comes out depends on the seed. The reward can be read: `mesa_objective`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .. import arguments
from ..mdp import Floats, Sweep, play_alike, soft_plan
from ..worlds import STEP, Levels, World
from .agent import Agent, check_array
from .recipe import Learning, Recipe, Settings, random_starts, training_pool

Array = NDArray[Any]

GROUND = ("row", "column", "walls around", "dead end")  # features besides the things
MOST_SWEEPS, MOST_SWEPT = 10_000, 20_000_000  # per plan; states in all its sweeps


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
            allowed = f"at most candidates={self.candidates}"
            raise arguments.refusal("parents", self.parents, allowed)
        arguments.number("temperature", self.temperature, 1e-6)
        most = MOST_SWEPT // (world.states * world.outcomes)
        arguments.whole("sweeps", self.sweeps, 1, min(MOST_SWEEPS, most))
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

    def check_parts(self) -> None:
        """Raise ValueError for a reward for other features than its world shows."""
        check_array("reward", self.reward, (len(feature_names(self.world)),))

    @property
    def mesa_objective(self) -> dict[str, float]:
        """What it plans for: feature to reward, scaled so that the largest is 1."""
        size = np.abs(self.reward).max() or 1.0
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
    tables, walls = levels.tables(), levels.walls.reshape(len(levels), -1)
    about, cells = _cells(levels, range(levels.world.flags)), walls.shape[1]
    ahead = (np.arange(cells)[:, None] + _ways(levels.world)) % cells
    out = np.zeros((*tables.shape, about.shape[-1]), np.float32)
    stands = ~walls[:, None, :, None, None]
    entered = about[:, :, ahead] * stands
    out[:, :-1] = entered.reshape(len(levels), -1, *out.shape[2:])
    return out


def _ways(world: World) -> Array:
    """Return how much each move adds to the number of a cell, [actions]."""
    ways: Array = STEP @ [world.shape[1], 1]
    return ways


def _cells(levels: Levels, flags: Iterable[int]) -> Array:
    """Return what walking onto a cell shows, [levels, flags, cells, features].

    It is 0 in walls, onto which nobody walks, and under other flags than these.
    """
    world, n = levels.world, len(levels)
    walls = levels.walls.reshape(n, -1)
    shape = n, world.flags, walls.shape[1], len(feature_names(world))
    about = np.zeros(shape, np.float32)
    always = 1 - world.discount  # so that feature 1 for ever is worth as much as once
    ground = always * _ground(levels)
    for flag in flags:
        seen = levels.planes(flag)[:, 1:].reshape(n, -1, walls.shape[1])
        about[:, flag, :, : seen.shape[1]] = seen.swapaxes(1, 2)
        about[:, flag, :, -len(GROUND) :] = ground
    about.swapaxes(1, 2)[walls] = 0
    return about


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

    [candidates, levels, states, actions]. temperature, sweeps: see `mdp.soft_plan`. In
    states that an episode cannot come to, all moves are alike.
    """
    tables = levels.tables()
    sweep = Sweep.of(tables, tables.reached)
    planned = soft_plan(sweep, pays(levels, sweep, rewards), temperature, sweeps)
    return sweep.table(planned, 1 / tables.shape[2])


def pays(levels: Levels, sweep: Sweep, rewards: Floats) -> Array:
    """Return what moves pay, [actions, rows of the sweep, candidates].

    rewards: [candidates, features].
    """
    n, flags, cells = len(levels), levels.world.flags, levels.walls[0].size
    states = sweep.where[:, :-1].reshape(n, flags, cells)
    about = _cells(levels, np.flatnonzero(states.any((0, 2))))
    each = about.reshape(-1, about.shape[-1]) @ rewards.T.astype(np.float32)
    here = np.flatnonzero(states)
    return np.stack([each.take(here + way, axis=0) for way in _ways(levels.world)])


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
    begin = np.zeros(tables.shape[:2], bool)
    np.put_along_axis(begin, start, True, 1)
    sweep = Sweep.of(tables, tables.reached_from(begin))
    how = settings.temperature, settings.sweeps
    planned = soft_plan(sweep, pays(levels, sweep, candidates), *how)
    returns = play_alike(tables, sweep, planned, start, settings.horizon, rng)
    fitness: Floats = returns.mean((0, 1))
    return fitness


RECIPE = Recipe(Searcher, SearcherSettings, "generations", learn)
