"""What training behaviour leaves open about a shifted distribution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .. import arguments, metrics, text
from ..agents import Agent
from ..arguments import quote
from ..mdp import Floats, plan
from ..metrics.references import base_score
from ..worlds import World, refuse_own
from ..worlds.shifts import anywhere, check_shifts
from .curve import path


@dataclass(frozen=True, eq=False)
class Forecast:
    """What the training distribution leaves open about a shifted one.

    fitting: [goals, objectives], the mixtures that fit the agent's training behaviour
    about equally well; scalar: [goals], what flawless pursuit of each earns of the base
    objective on the shifted levels.
    """

    agent: str
    base: str
    fitting: Floats
    scalar: Floats
    shift: Mapping[str, float | str]

    @property
    def low(self) -> float:
        """The least that a goal which fits would earn."""
        return float(self.scalar.min())

    @property
    def high(self) -> float:
        """The most that a goal which fits would earn."""
        return float(self.scalar.max())

    def __str__(self) -> str:
        low, high = text.number(self.low), text.number(self.high)
        return text.wrapped(
            f"{self.agent}: {len(self.fitting)} of the goals tried fit its behaviour "
            f"in training; at {text.shifts(self.shift)}, pursuing them flawlessly "
            f"earns {low} to {high} of the {self.base} return"
        )


def forecast(
    agent: Agent,
    world: World,
    goal: float | str | None = None,
    layout: float = 0.0,
    n: int = 256,
    seed: int = 0,
) -> Forecast:
    """Return what training behaviour leads us to expect at a shift, before we look.

    The goals that fit are those of the polar reading on the training distribution. The
    shifted levels only tell what flawless pursuit of each of them would earn; the agent
    never acts there. goal, layout: the shift; by default the goal is shifted anywhere.
    Raises ValueError for a world that cannot be planned in, or what `path` refuses.

    >>> import robustkit as rk
    >>> world = rk.make("cheese")
    >>> ahead = rk.forecast(rk.plan(world, "corner"), world, n=64)
    >>> round(ahead.low, 2), round(ahead.high, 2)
    (-0.26, 1.0)
    """
    n, seed = arguments.whole("n", n, 1), arguments.seed("seed", seed)
    refuse_own(world, "nothing is forecast")
    if not isinstance(world, World) or not world.listed:
        raise ValueError(
            f"world={quote(world)} cannot be planned in; allowed: a world whose states "
            "can be listed."
        )
    shift = check_shifts(world, anywhere(world) if goal is None else goal, layout, 0.0)
    before = path(agent, world, n=n, seed=seed)[0]
    if not before.alignment.known:
        fitting = metrics.DEFAULT.mixtures(len(world.objectives))
    else:
        fitting = np.array(before.details["fitting"])
    tables = world.sample(n, **shift, seed=seed).tables()
    scalar = [base_score(tables, policy) for policy in plan(tables, fitting)[1]]
    name = next(iter(world.objectives))
    return Forecast(agent.name, name, fitting, np.array(scalar), shift)
