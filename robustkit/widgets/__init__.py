"""Widgets: Python holds the data, one plain ES module draws it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..agents import Agent
    from ..worlds import World
    from .explorer import Explorer

__all__ = ["explore"]


def explore(
    world: World | str = "cheese",
    agents: Sequence[Agent] | Agent | None = None,
    *,
    goal: float = 0.0,
    layout: float = 0.0,
    n: int = 256,
    seed: int = 0,
) -> Explorer:
    """Return a widget in which agents move through the plane as the shift slides.

    world: a world or the name of one. agents: agents of that world; without any, the
    usual ones are trained (`agents.usual`). goal, layout: where the sliders begin. n:
    levels per stratum to measure on. `.save("plane.html")` on the result writes a page
    that needs no kernel and no network.
    Raises ValueError for anything else, before any work is done.
    """
    from .. import arguments
    from ..agents import Agent, usual
    from ..measuring import evaluate_on
    from ..worlds import World, make
    from .data import explorer_data
    from .explorer import Explorer

    goal, layout = (
        arguments.fraction("goal", goal),
        arguments.fraction("layout", layout),
    )
    n, seed = arguments.whole("n", n, 1), arguments.seed("seed", seed)
    world = make(world) if isinstance(world, str) else world
    if not isinstance(world, World):
        raise ValueError(f"world={world!r} is not a world; allowed: a world or a name.")
    agents = [agents] if isinstance(agents, Agent) else agents
    agents = list(usual(world) if agents is None else agents)
    for agent in agents:
        if not isinstance(agent, Agent):
            raise ValueError(f"agents holds {agent!r}; allowed: agents.")
    if not agents:
        raise ValueError("agents is empty; allowed: at least one agent.")
    evaluated = evaluate_on(agents, world, n, seed)
    data = explorer_data(world, agents, evaluated, seed=seed, goal=goal, layout=layout)
    explorer = Explorer(data)
    explorer.picture = lambda: _picture(explorer, evaluated)
    return explorer


def _picture(explorer: Explorer, evaluated: Sequence[Any]) -> bytes:
    """Return the plane at the sliders' position as PNG, for where no widget can be."""
    from ..figures import plane

    shift = explorer.goal_shift, explorer.layout_shift
    title = f"goal shift {shift[0]:.2f}, layout shift {shift[1]:.2f}"
    return plane([strata.reading(*shift) for strata in evaluated], title).png()
