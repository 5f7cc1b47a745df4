"""Agents along a slider, from four strata that are evaluated once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from .. import arguments, metrics
from ..agents import Agent
from ..metrics import Evidence, Reading, ShiftCurve, StratifiedEvaluation
from ..worlds import Levels, World
from .measure import EPISODES, check_sampled, sampled_evidence


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
    for agent in agents:
        if not (world.listed and agent.tabular):
            check_sampled(grounding)
    n, seed = arguments.whole("n", n, 1), arguments.seed("seed", seed)
    parts = [
        levels if wanted else None
        for levels, wanted in zip(world.strata(n, seed), needed, strict=True)
    ]
    return [
        StratifiedEvaluation(
            [_evidence(agent, levels, grounding, seed) for levels in parts],
            seed,
            agent=agent.name,
            episodes=None if world.listed and agent.tabular else EPISODES,
            planned=not world.listed,
            grounding=grounding,
        )
        for agent in agents
    ]


def _evidence(
    agent: Agent, levels: Levels | None, grounding: str, seed: int
) -> Evidence | None:
    """Return what each level says of an agent; None where there are no levels."""
    if levels is None:
        return None
    if not (levels.world.listed and agent.tabular):
        return sampled_evidence(agent, levels, EPISODES, seed, grounding)
    by = metrics.grounding(grounding)
    made: Evidence = by.evidence(agent.policy(levels), levels.tables(), metrics.DEFAULT)
    return made


def _line(name: str, given: ArrayLike) -> np.ndarray:
    values = np.atleast_1d(np.asarray(given))
    if values.ndim != 1 or not len(values):
        raise ValueError(
            f"{name} has shape {np.shape(given)}; allowed: a number or a line of them."
        )
    return np.array([arguments.fraction(name, v.item()) for v in values])
