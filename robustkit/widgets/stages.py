"""What is measured and shown of an agent at a stage of its training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..agents import Agent
from ..analysis.measure import measure
from ..mdp import best_start_values
from ..worlds import Levels, World
from .episodes import done_by, stratum_data

LEVELS = 96  # of a reading on the way
FEW = 8  # among which the level to look at is found
SHIFTED = {"goal": "goal shifted anywhere", "layout": "layouts never met"}


def parts(home: World) -> list[Levels]:
    """Return levels of training and shifted ones; level i is i in both.

    The goal is shifted anywhere; in a world without goals layouts are those never met.
    """
    every = home.strata(LEVELS, seed=1)
    return [every[0], every[1 if "goal" in home.shifts else 2]]


def shown(home: World) -> list[Levels]:
    """Return the training level and the shifted one to look at, of no short way.

    Of a few shifted levels one of those in which least can be had by all objectives
    together, which is less the farther away they are, but not the very farthest.
    """
    levels = [part[:FEW] for part in parts(home)]
    best = best_start_values(levels[1].tables(), np.eye(len(home.objectives)))
    order = np.where(best[:, 0] > 0, best.sum(-1), np.inf).argsort(kind="stable")
    i = int(order[len(order) // 4])
    return [part[i : i + 1] for part in levels]


def scenes(home: World, levels: Sequence[Levels]) -> list[dict[str, Any]]:
    """Return the levels that are shown as a front end takes them, with a title each."""
    titles = "in training", SHIFTED["goal" if "goal" in home.shifts else "layout"]
    every = [stratum_data(level, [])[0] for level in levels]
    return [{**one, "title": title} for one, title in zip(every, titles, strict=True)]


def row_of(step: int, agent: Agent, levels: Sequence[Levels]) -> list[Any]:
    """Return [step, scalar in training, scalar, capability, alignment] shifted.

    alignment: None where it is unknown.
    """
    before, after = (measure(agent, part) for part in levels)
    up = after.alignment
    place = [after.capability.value, up.value if up.known else None]
    return [step, before.scalar.value, after.scalar.value, *place]


def acts_of(agent: Agent, levels: Sequence[Levels]) -> list[dict[str, Any]]:
    """Return its episode and its policy in each level, batches of one."""
    return [done_by(agent, level, 0)[0] for level in levels]
