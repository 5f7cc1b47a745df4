"""Many agents on the same levels."""

from __future__ import annotations

from collections.abc import Sequence

from .. import arguments
from ..agents import Agent
from ..metrics import Population, pool
from ..worlds import Levels
from .measure import measure


def population(
    agents: Sequence[Agent],
    levels: Levels,
    grounding: str = "polar",
    seed: int = 0,
    name: str = "",
) -> Population:
    """Return the readings of many agents on the same levels and what they come to.

    Interquartile means over agents, with intervals over agents and levels (crossed
    bootstrap). agents: of one recipe and different seeds, say. name: what to call them.
    Raises ValueError for no agents or what `measure` refuses.
    """
    every = [agents] if isinstance(agents, Agent) else agents
    if not isinstance(every, Sequence) or not every:
        raise ValueError(f"agents={agents!r} is not possible; allowed: a list of them.")
    seed = arguments.seed("seed", seed)
    readings = [measure(agent, levels, grounding, seed) for agent in every]
    recipes = sorted({agent.recipe for agent in every})
    return pool(readings, seed, name or " and ".join(recipes))
