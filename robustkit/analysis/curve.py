"""Agents along a slider, from four strata that are evaluated once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from .. import arguments, metrics
from ..agents import Agent
from ..metrics import Reading, ShiftCurve, StratifiedEvaluation
from ..worlds import World
from .measure import by_episodes, evidence, usual_episodes


def path(
    agent: Agent,
    world: World,
    goal: ArrayLike = 0.0,
    layout: ArrayLike = 0.0,
    n: int = 256,
    seed: int = 0,
    grounding: str = "polar",
) -> ShiftCurve[Reading]:
    """Return the readings of an agent along a slider.

    goal, layout: shifts in [0, 1], one of them or both an array [readings]; a single
    number stays put. n: levels per stratum. With one seed a path is smooth: only the
    weights of the four strata change along it. grounding: see `measure`.
    Raises ValueError for a shift out of range, arrays of different lengths, or what
    `measure` refuses.

    >>> import robustkit as rk
    >>> world = rk.make("cheese")
    >>> print(rk.path(rk.plan(world, "corner"), world, goal=[0, 0.5, 1], n=64))
    corner planner
    goal  layout  scalar  capability  alignment
    0.00    0.00    1.00        1.00       1.00
    0.50    0.00    0.41        1.00       0.41
    1.00    0.00   -0.18        1.00      -0.18
    """
    goals, layouts = _line("goal", goal), _line("layout", layout)
    if len(goals) != len(layouts) and 1 not in (len(goals), len(layouts)):
        raise ValueError(
            f"goal has {len(goals)} values and layout {len(layouts)}; allowed: the "
            "same number, or one of them a single number."
        )
    goals, layouts = np.broadcast_arrays(goals, layouts)
    needed = [bool(any(share)) for share in metrics.shares(goals, layouts).T]
    (strata,) = evaluate_on([agent], world, n, seed, needed, grounding)
    shifts = zip(goals.tolist(), layouts.tolist(), strict=True)
    readings = [strata.reading(*shift) for shift in shifts]
    return ShiftCurve(readings, goals, layouts, agent.name)


def evaluate_on(
    agents: Sequence[Agent],
    world: World,
    n: int = 256,
    seed: int = 0,
    needed: Sequence[bool] = (True, True, True, True),
    grounding: str = "polar",
) -> list[StratifiedEvaluation]:
    """Return each agent's evaluation on the four strata of a world, n levels each.

    needed: for each stratum, whether it will be asked for; the others are left empty.
    Raises ValueError for something that is no agent or no world, an unknown grounding,
    or one that cannot measure them.
    """
    metrics.grounding(grounding)
    for agent in agents:
        if not isinstance(agent, Agent):
            raise ValueError(f"agent={agent!r} is no agent; allowed: an agent.")
    if not isinstance(world, World):
        raise ValueError(
            f"world={world!r} is no world; allowed: what robustkit.make(name) gives."
        )
    played = [usual_episodes(agent, world) for agent in agents]
    if any(played):
        by_episodes(grounding)
    n, seed = arguments.whole("n", n, 1), arguments.seed("seed", seed)
    parts = list(zip(world.strata(n, seed), needed, strict=True))
    return [
        StratifiedEvaluation(
            [
                evidence(agent, levels, grounding, seed, episodes) if wanted else None
                for levels, wanted in parts
            ],
            seed,
            agent=agent.name,
            episodes=episodes,
            planned=not world.listed,
            grounding=grounding,
        )
        for agent, episodes in zip(agents, played, strict=True)
    ]


def _line(name: str, given: ArrayLike) -> np.ndarray:
    values = np.atleast_1d(np.asarray(given))
    if values.ndim != 1 or not len(values):
        raise ValueError(
            f"{name} has shape {np.shape(given)}; allowed: a number or a line of them."
        )
    return np.array([arguments.fraction(name, v.item()) for v in values])
