"""Widgets: Python holds the data, plain ES modules draw it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..agents import Agent
    from ..worlds import World
    from .explorer import Explorer

__all__ = ["explore"]


def explore(
    world: World | str | Sequence[World | str] = "cheese",
    agents: Sequence[Agent] | Agent | None = None,
    *,
    goal: float = 0.0,
    layout: float = 0.0,
    n: int = 256,
    seed: int = 0,
    groundings: Sequence[str] = ("polar",),
) -> Explorer:
    """Return a widget in which agents move through the plane as the shift slides.

    world: a world or the name of one, or several to choose from in place. agents: of
    these worlds; where there is none of a world, the usual ones are trained
    (`agents.usual`). goal, layout: where the sliders begin. n: levels per stratum to
    measure on. groundings: "polar" and those to switch to, which take some seconds an
    agent. `.save("plane.html")` on the result writes a page that needs no kernel and no
    network.
    Raises ValueError for anything else, before any work is done.
    """
    from .. import arguments, axes
    from .explorer import Explorer

    goal, layout = (
        arguments.fraction("goal", goal),
        arguments.fraction("layout", layout),
    )
    n, seed = arguments.whole("n", n, 1), arguments.seed("seed", seed)
    if isinstance(groundings, str):
        groundings = (groundings,)
    for grounding in groundings:
        arguments.one_of("groundings", grounding, list(axes.GROUNDINGS))
    shown = [
        _shown(home, own, groundings, n, seed, (goal, layout))
        for home, own in _cast(world, agents)
    ]
    explorer = Explorer([data for data, _ in shown])
    explorer.picture = lambda: _picture(explorer, shown[explorer.world][1])
    return explorer


def _cast(
    world: Any, agents: Sequence[Agent] | Agent | None
) -> list[tuple[World, list[Agent] | None]]:
    """Return each world with its agents, None where they are still to be trained."""
    from ..agents import Agent
    from ..worlds import World, make

    given = [world] if isinstance(world, (str, World)) else world
    if not isinstance(given, Sequence) or not given:
        raise ValueError(f"world={world!r} is not a world; allowed: a world or a name.")
    homes = [make(each) if isinstance(each, str) else each for each in given]
    for home in homes:
        if not isinstance(home, World):
            raise ValueError(
                f"world={home!r} is not a world; allowed: a world or a name."
            )
    every = [agents] if isinstance(agents, Agent) else agents
    if every is None:
        return [(home, None) for home in homes]
    for agent in every:
        if not isinstance(agent, Agent):
            raise ValueError(f"agents holds {agent!r}; allowed: agents.")
    if not every:
        raise ValueError("agents is empty; allowed: at least one agent.")
    if len(homes) == 1:
        return [(homes[0], list(every))]
    own = [[a for a in every if a.world.name == home.name] for home in homes]
    return [(home, found or None) for home, found in zip(homes, own, strict=True)]


def _shown(
    world: World,
    agents: list[Agent] | None,
    groundings: Sequence[str],
    n: int,
    seed: int,
    shift: tuple[float, float],
) -> tuple[dict[str, Any], Sequence[Any]]:
    """Return what the explorer shows of a world, and its agents' evaluations."""
    from ..agents import usual
    from ..measuring import evaluate_on
    from .data import explorer_data

    cast = usual(world) if agents is None else agents
    evaluated = evaluate_on(cast, world, n, seed)
    others = {
        grounding: evaluate_on(cast, world, min(n, 64), seed, grounding=grounding)
        for grounding in groundings
        if grounding != "polar"
    }
    goal, layout = shift
    data = explorer_data(
        world, cast, evaluated, seed=seed, goal=goal, layout=layout, others=others
    )
    return data, evaluated


def _picture(explorer: Explorer, evaluated: Sequence[Any]) -> bytes:
    """Return the plane at the sliders' position as PNG, for where no widget can be."""
    from ..figures import plane

    shift = explorer.goal_shift, explorer.layout_shift
    title = f"goal shift {shift[0]:.2f}, layout shift {shift[1]:.2f}"
    return plane([strata.reading(*shift) for strata in evaluated], title).png()
