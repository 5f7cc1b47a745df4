"""An agent by other published measures, beside the two axes.

Which reward its moves suggest (Boltzmann inverse reinforcement learning), whether they
look like an agent's or a device's, and how far the rewards in question are from the
base objective (EPIC, DARD, STARC).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..agents import Agent, Searcher
from ..agents.agent import check_agent
from ..agents.searcher import features
from ..arguments import quote
from ..mdp import Floats
from ..metrics.others.distances import DISTANCES
from ..metrics.others.irl import Inferred, agent_odds, boltzmann_irl
from ..text import LINE, Tabled, number, table, wrapped
from ..worlds import Levels


@dataclass(frozen=True)
class Comparison(Tabled):
    """What other measures say about an agent on levels.

    inferred: by Boltzmann inverse reinforcement learning. odds: nats by which the
    behaviour is likelier of an agent than of a device. distances: from the base
    objective, reward's name to measure to [0, 1].
    """

    agent: str
    base: str
    inferred: Inferred
    odds: float
    distances: dict[str, dict[str, float]]

    def table(self) -> str:
        """Return all of it as text."""
        found = self.inferred
        named = zip(found.objectives, found.mean, strict=True)
        weights = ", ".join(f"{number(w)} {name}" for name, w in named)
        side = "an agent" if self.odds > 0 else "a device"
        rows = [[name, *each.values()] for name, each in self.distances.items()]
        head = [f"distance from {self.base}", *DISTANCES]
        lines = [
            self.agent,
            wrapped(
                f"inferred reward: {weights} (β {found.beta:g}, {number(found.nats)} "
                "nats per move over a uniform guess)",
                LINE,
                "  ",
            ),
            f"more like {side}, by {abs(self.odds):.0f} nats",
            table(rows, head, ["", *["5.2f"] * len(DISTANCES)]),
        ]
        return "\n".join(lines)


def compare(agent: Agent, levels: Levels) -> Comparison:
    """Return what other published measures say about an agent on levels.

    They include the distance from the base objective of each other objective, of the
    reward inferred from the agent's moves, and of a searcher's own reward. Raises
    ValueError for levels of another world or states too many to list.
    """
    check_agent(agent)
    levels = agent.check(levels)
    if not (levels.world.listed and agent.tabular):
        raise ValueError(
            f"agent={quote(agent.name)} on {levels.world!r} has no table of its moves; "
            "allowed: an agent and a world whose states can be listed."
        )
    tables, policy = levels.tables(), agent.policy(levels)
    inferred = boltzmann_irl(policy, tables)
    base, odds = tables.rewards[..., 0], agent_odds(policy, tables)
    distances = {
        name: {m: distance(tables, reward, base) for m, distance in DISTANCES.items()}
        for name, reward in _rewards(agent, levels, inferred).items()
    }
    return Comparison(agent.name, tables.objectives[0], inferred, odds, distances)


def _rewards(agent: Agent, levels: Levels, inferred: Inferred) -> dict[str, Floats]:
    """Return the rewards whose distance from the base objective is asked, by name."""
    tables = levels.tables()
    rewards: dict[str, Floats] = {
        f"objective {name}": tables.rewards[..., g]
        for g, name in enumerate(tables.objectives)
        if g
    }
    rewards["inferred"] = tables.mixed_rewards(inferred.mean)[..., 0]
    if isinstance(agent, Searcher):
        rewards["mesa-objective"] = mesa_reward(agent, levels)
    return rewards


def mesa_reward(searcher: Searcher, levels: Levels) -> Floats:
    """Return what a searcher's own reward pays, [levels, states, branches]."""
    own = (features(levels) @ searcher.reward).astype(float)
    return np.repeat(own, levels.tables().outcomes, axis=2)
