"""Planners and devices: agents by construction, planted to test the measurement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from .. import arguments
from ..mdp import Floats, Ints, plan, uniform_policy
from ..worlds import Levels, World, is_own
from .agent import Agent, check_names, check_world
from .forager import random_walk, search

DEVICES = ("random", "stay", "drift", "mirrored")
OF_ANY = DEVICES[:2]  # that do not ask for the four moves of our own worlds


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Planner(Agent):
    """Optimal for an objective or a mixture; with probability `noise` a random move.

    In a world with too many states to list it is the best of a family of foragers.
    """

    recipe: ClassVar[str] = "planner"

    def check_parts(self) -> None:
        """Raise ValueError for an objective that its world has not, or other noise."""
        check_names("settings", self.settings, ("objective", "noise"))
        self.world.mixture(self.settings["objective"])
        arguments.fraction("noise", self.settings["noise"])

    def act(
        self, levels: Levels, cell: Ints, flag: Ints, rng: np.random.Generator
    ) -> Ints:
        """Return the moves of the best forager; see `Agent.act`."""
        world = levels.world
        moves = np.empty(cell.shape, int)
        mixture = world.mixture(self.settings["objective"])
        for stratum in np.unique(levels.stratum):
            here = np.flatnonzero(levels.stratum == stratum)
            best = search(world).best(mixture, stratum)
            part = _part(levels, here.astype(np.int64).tobytes())
            moves[here] = best.act(part, cell[here], flag[here], rng)
        stray = rng.random(cell.shape) < self.settings["noise"]
        return np.where(stray, random_walk(levels, cell, flag, rng), moves)

    def policy(self, levels: Levels) -> Floats:
        """Return action probabilities [levels, states, actions]."""
        tables = self.check(levels).tables()
        weights = tables.mixture(self.settings["objective"])
        noise = self.settings["noise"]
        best = plan(tables, weights)[1][0]
        return (1 - noise) * best + noise * uniform_policy(tables)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Device(Agent):
    """Not an agent at all: it does not look at where it is.

    random: every move alike. stay: walks into the same wall for ever, which in these
    worlds without a waiting move is as near as can be. drift: mostly to the right and
    down. mirrored: the base planner with left for right and up for down.
    """

    recipe: ClassVar[str] = "device"

    def check_parts(self) -> None:
        """Raise ValueError for a kind of device that there is not."""
        check_names("settings", self.settings, ("kind",))
        arguments.one_of("kind", self.settings["kind"], DEVICES)

    def act(
        self, levels: Levels, cell: Ints, flag: Ints, rng: np.random.Generator
    ) -> Ints:
        """Return moves; see `Agent.act`."""
        if self.settings["kind"] != "random":
            return super().act(levels, cell, flag, rng)
        return random_walk(levels, cell, flag, rng)

    def policy(self, levels: Levels) -> Floats:
        """Return action probabilities [levels, states, actions]."""
        tables = self.check(levels).tables()
        policy = uniform_policy(tables)
        kind = self.settings["kind"]
        if kind == "drift":
            policy[:] = [0.45, 0.45, 0.05, 0.05]
        elif kind == "mirrored":
            policy = plan(tables, tables.mixture("base"))[1][0][..., [2, 3, 0, 1]]
        elif kind == "stay":
            # Into a wall where there is one, else to and fro.
            states = np.arange(policy.shape[1])[:, None]
            still = tables.next_state[..., :: tables.outcomes] == states
            policy = np.eye(policy.shape[-1])[still.argmax(-1)]
        return policy


@lru_cache(maxsize=16)
def _part(levels: Levels, index: bytes) -> Levels:
    """Return chosen levels, the same object each time, which keeps its distances."""
    return levels[np.frombuffer(index, np.int64)]


def make_planner(
    world: World, objective: dict[str, float] | str = "base", noise: float = 0.0
) -> Planner:
    """Return an agent that is optimal for an objective (planted, not trained).

    objective: a name, or a dict of name to weight in units of R_g / scale_g; "base"
    is the base objective. noise: probability of a random move, in [0, 1].
    Raises ValueError for an unknown objective or a number out of range.

    >>> import robustkit as rk
    >>> rk.plan(rk.make("cheese"), {"base": 0.5, "corner": 0.5}, noise=0.1).name
    '0.5 base + 0.5 corner planner, noise 0.1'
    """
    (world := check_world(world)).mixture(objective)
    noise = arguments.fraction("noise", noise)
    given = {objective: 1.0} if isinstance(objective, str) else objective
    weights = {name: float(weight) for name, weight in given.items()}
    parts = [
        f"{name}" if w == 1 else f"{w:g} {name}" for name, w in weights.items() if w
    ]
    name = " + ".join(parts) + " planner" + (f", noise {noise:g}" if noise else "")
    settings = {"objective": weights, "noise": noise}
    return Planner(world=world, name=name, settings=settings)


def make_device(kind: str, world: World) -> Device:
    """Return a device, an agent that pursues nothing.

    kind: "random", "stay", "drift" or "mirrored". Raises ValueError for another kind,
    or where world is not a world.
    """
    kind = arguments.one_of("kind", kind, DEVICES)
    home = check_world(world)
    if is_own(home):
        kind = arguments.one_of("kind in a world of your own", kind, OF_ANY)
    return Device(world=home, name=f"{kind} device", settings={"kind": kind})
