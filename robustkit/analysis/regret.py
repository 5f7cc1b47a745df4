"""Regret: how much more optimal play earns than an agent does, level by level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .. import text
from ..agents import Agent
from ..agents.agent import check_levels
from ..arguments import quote
from ..mdp import Floats, start_values
from ..metrics import StratifiedEvaluation
from ..metrics.references import references
from ..worlds import Levels, World, levels_of
from ..worlds.shifts import Where

TENTH = 0.1  # of the levels: those with the most regret


@dataclass(frozen=True, eq=False)
class Regret(text.Tabled):
    """How much more optimal play earns than an agent does, from each level's start.

    In units of the world's scale of the base objective: the mean gap between optimal
    and random play. each: [levels]. earned: [levels], what the agent earns, which a
    mean return sums up.
    """

    agent: str
    base: str
    each: Floats
    earned: Floats

    @property
    def mean(self) -> float:
        """The mean over levels."""
        return float(self.each.mean())

    @property
    def worst(self) -> float:
        """The regret of the level that has most."""
        return float(self.each.max())

    @property
    def worst_tenth(self) -> float:
        """The mean over the tenth of the levels that have most, rounded up.

        It says nearly the same and does not depend on a single level.
        """
        return tail(self.each)

    def table(self) -> str:
        """Return the regret of the worst levels beside mean return, as text."""
        rows = [
            ["mean return", float(self.earned.mean())],
            ["mean regret", self.mean],
            ["regret, worst tenth", self.worst_tenth],
            ["regret, worst level", self.worst],
        ]
        said = text.counted(len(self.each), "level")
        head = text.headed(self.agent, f"{self.base} on {said}, in units of its scale")
        return f"{head}\n{text.table(rows, formats=['', '6.2f'])}"


def regret(agent: Agent | ArrayLike, levels: Levels) -> Regret:
    """Return how much more optimal play of the base objective earns, in each level.

    From the level's start, exactly, in units of the world's scale of the base objective
    (`tables.scale`). agent: an agent, or a policy [levels, states, actions]. A mean
    hardly shows rare levels. If an agent has little regret even on its worst level, it
    follows no proxy that costs it much on any of them (minimax expected regret, Abdel
    Sadek et al. 2025, arXiv 2507.03068).
    Raises ValueError for no levels, levels of another world, states that are too many
    to list, an agent without a table of its moves, or an array that is not a policy.

    >>> import robustkit as rk
    >>> world = rk.make("cheese")
    >>> levels = world.sample(64, goal="anywhere")
    >>> print(rk.regret(rk.plan(world, "corner"), levels))
    corner planner: cheese on 64 levels, in units of its scale
    mean return            0.02
    mean regret            1.28
    regret, worst tenth    1.58
    regret, worst level    1.58
    """
    check_levels(levels := levels_of(levels))
    if not len(levels):
        raise ValueError("levels holds 0 levels; allowed: at least 1.")
    name = agent.name if isinstance(agent, Agent) else "policy"
    if not levels.world.listed or (isinstance(agent, Agent) and not agent.tabular):
        raise ValueError(
            f"agent={quote(name)} on {levels.world!r} has no table of its moves; "
            "allowed: an agent and a world whose states can be listed."
        )
    if isinstance(agent, Agent):
        agent = agent.policy(agent.check(levels))
    tables = levels.tables()
    best, scale = references(tables), tables.units[0]
    earned = start_values(tables, agent)[:, 0]
    lost = best.random[:, 0] + best.base_headroom - earned
    return Regret(
        agent=name,
        base=tables.objectives[0],
        each=np.maximum(lost, 0) / scale,  # below 0 by rounding only
        earned=earned / scale,
    )


def tail(each: Floats) -> float:
    """Return the mean of the largest tenth of regrets [levels], rounded up."""
    count = int(np.ceil(TENTH * len(each)))
    return float(np.sort(each)[-count:].mean())


def regret_at(found: StratifiedEvaluation, world: World, goal: Where) -> Floats:
    """Return the regret of every level that weighs at a grade, or anywhere."""
    assert found.weights is not None  # they are of a world
    weighed = found.used(found.weights(goal=goal))
    lost = [each.base_headroom - each.improvement for _, each in weighed]
    return np.maximum(np.concatenate(lost), 0) / world.scale[0]
