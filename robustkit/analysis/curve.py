"""Agents along a slider, from distributions that are evaluated once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import arguments, metrics
from ..agents import Agent
from ..agents.agent import check_agent
from ..arguments import quote
from ..bars import bar
from ..mdp import Floats
from ..metrics import Evidence, Reading, ShiftCurve, StratifiedEvaluation
from ..metrics.fitting import Beside
from ..worlds import Levels, OwnWorld, World, world_of
from ..worlds.shifts import Grid, needs_both
from .measure import EPISODES, beside, by_episodes, evidence, usual_episodes
from .turn import turn


def path(
    agent: Agent,
    world: World,
    goal: ArrayLike = 0.0,
    layout: ArrayLike = 0.0,
    n: int = 256,
    seed: int = 0,
    grounding: str = "polar",
    *,
    place: ArrayLike = 0.0,
    share: ArrayLike = 1.0,
) -> ShiftCurve[Reading]:
    """Return the readings of an agent along a slider.

    goal, layout, place, share: as `World.sample` takes them. One or more of them is an
    array [readings]; a single number stays where it is. n: levels of each grade. With
    one seed a path is smooth: only the weights of the grades change along it.
    grounding: see `measure`.
    Raises ValueError for a shift out of range, arrays of different lengths, or what
    `measure` refuses.

    >>> import robustkit as rk
    >>> world = rk.make("cheese")
    >>> print(rk.path(rk.plan(world, "corner"), world, goal=[0, 0.5, 1], n=64))
    corner planner
    goal  scalar  capability  alignment
    0.00    1.00        1.00       1.00
    0.50   -0.29        1.00      -0.29
    1.00   -0.06        1.00      -0.06
    """
    world = world_of(world)
    given = {"goal": goal, "layout": layout, "place": place, "share": share}
    columns = _columns(given)
    rows = zip(*columns.values(), strict=True)
    places = [dict(zip(columns, row, strict=True)) for row in rows]
    (readings,) = readings_at([agent], world, places, n, seed, grounding)
    layouts, turns = {*columns["layout"]}, None
    by_goal = {*columns["goal"]} != {0} and {*columns["place"]} == {0}
    if isinstance(world, World) and by_goal and len(layouts) == 1:
        turns = partial(turn, agent, world, layouts.pop(), n, seed)
    return ShiftCurve(readings, columns, agent.name, turns)


def readings_at(
    agents: Sequence[Agent],
    world: World,
    places: Sequence[dict[str, Any]],
    n: int = 256,
    seed: int = 0,
    grounding: str = "polar",
) -> list[list[Reading]]:
    """Return readings [agents][places], n levels of each grade.

    places: the shifts, as `World.sample` takes them. Raises ValueError as `path` does.
    """
    # With goal and place at once there is a candidate more, on a grid of its own.
    found: dict[bool, list[StratifiedEvaluation]] = {}
    for both in {needs_both(each) for each in places}:
        some = [each for each in places if needs_both(each) == both]
        found[both] = evaluate_on(agents, world, n, seed, some, grounding, both)
    return [
        [found[needs_both(each)][i].reading(**each) for each in places]
        for i in range(len(agents))
    ]


def evaluate_on(
    agents: Sequence[Agent],
    world: World,
    n: int = 256,
    seed: int = 0,
    places: Sequence[dict[str, Any]] | None = None,
    grounding: str = "polar",
    both: bool = False,
    episodes: int = EPISODES,
) -> list[StratifiedEvaluation]:
    """Return each agent's evaluation on the grades of a world, n levels of each.

    places: the shifts that will be asked for, as `World.sample` takes them; the grades
    that none of them needs are left empty. All of them unless given. both: on the grid
    of goal and place at once, see `Grid`. episodes: in each level, of what has to play.
    Raises ValueError for something that is no agent or no world, a shift that the world
    does not have, an unknown grounding, or one that cannot measure them.
    """
    played = _episodes(agents, world, grounding, episodes)
    n, seed = arguments.whole("n", n, 1), arguments.seed("seed", seed)
    grid = Grid(world, both)
    parts = grid.levels(n, seed, _needed(grid, places))
    # The same without tables, which are large where there are many strata.
    bare = [levels and replace(levels) for levels in parts]
    shown = bar(f"measuring ({grounding})", len(agents) * len(parts), delay=2)

    def each(agent: Agent, count: int | None) -> Iterator[Evidence | None]:
        for levels in parts:
            asked = grounding, seed, count
            yield None if levels is None else evidence(agent, levels, *asked)
            shown.update()

    with closing(shown):
        return [
            StratifiedEvaluation(
                list(each(agent, count)),
                seed,
                agent=agent.name,
                episodes=count,
                planned=not world.listed,
                grounding=grounding,
                weights=grid.weights,
                beside=None if count else _beside(agent, bare),
            )
            for agent, count in zip(agents, played, strict=True)
        ]


def _needed(grid: Grid, places: Sequence[dict[str, Any]] | None) -> NDArray[np.bool_]:
    """Return [nodes], which of them weigh anything at some places; all for None."""
    if places is None:
        return np.ones(len(grid.nodes), bool)
    needed: NDArray[np.bool_] = np.any(
        [grid.weights(**each) > 0 for each in places], axis=0
    )
    return needed


def _episodes(
    agents: Sequence[Agent], world: World, grounding: str, episodes: int
) -> list[int | None]:
    """Return how many episodes each agent is to play, None where values are exact.

    Raises ValueError for what cannot be measured so.
    """
    metrics.grounding(grounding)
    for agent in agents:
        check_agent(agent)
    if not isinstance(world, (World, OwnWorld)):
        raise ValueError(
            f"world={quote(world)} is not a world; allowed: what robustkit.make(name) "
            "gives."
        )
    usual = [usual_episodes(agent, world) for agent in agents]
    played = [each and episodes for each in usual]
    if any(played):
        by_episodes(grounding)
    return played


def _beside(agent: Agent, parts: Sequence[Levels | None]) -> Callable[[Floats], Beside]:
    """Return weights of strata to an agent on their levels."""

    def weighed(weight: Floats) -> Beside:
        pairs = zip(weight, parts, strict=True)
        some = [(w, replace(each)) for w, each in pairs if w > 0 and each is not None]
        return beside(agent, [(np.full(len(x), w / len(x)), x) for w, x in some])

    return weighed


def _columns(given: dict[str, Any]) -> dict[str, list[Any]]:
    """Return each shift at each place of a line; a single one stays put."""
    lines = {name: _line(name, each) for name, each in given.items()}
    several = {name: len(line) for name, line in lines.items() if len(line) > 1}
    if len({*several.values()}) > 1:
        said = " and ".join(f"{name} has {n} values" for name, n in several.items())
        raise ValueError(
            f"{said}; allowed: the same number of values, or a single one."
        )
    count = max(several.values(), default=1)
    return {name: x * count if len(x) == 1 else x for name, x in lines.items()}


def _line(name: str, given: Any) -> list[Any]:
    """Return a shift, or a line of them, as a list of plain numbers and words."""
    shape = np.shape(np.asarray(given, object))
    if len(shape) > 1 or shape == (0,):
        raise ValueError(
            f"{name} has shape {shape}; allowed: a number or a flat list of them."
        )
    each = [given] if not shape else list(given)
    known = [(x, arguments.plain(x)) for x in each]
    return [x if number is None else float(number) for x, number in known]
