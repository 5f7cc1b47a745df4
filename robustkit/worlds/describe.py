"""What a world comes to, measured: scale, how far its shifts tell, and in words."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ..mdp import (
    Floats,
    ask_for_different_moves,
    best_start_values,
    start_values,
    uniform_policy,
)
from ..text import Prose
from .layouts import WALL, count_layouts, reached
from .levels import Levels, concatenate

if TYPE_CHECKING:
    from .own.world import OwnLevels
    from .world import World

DRAWS = 1000  # layouts drawn to say how many of them differ
SHARES = 11  # of the base objective, tried to see whether levels tell a proxy from it
SCALE_LEVELS = 128  # per stratum, for the fixed scale of the objectives; fewer where
SCALE_STATES = 20_000  # they have so many states, but never less than a quarter


def scale(world: World) -> Floats:
    """[objectives], mean room between random and optimal play, fixed for a world.

    Mean over the four strata with equal weight, so it does not move with a slider.
    """
    height, width = world.shape
    fit = SCALE_STATES // (height * width * world.flags)
    n = min(SCALE_LEVELS, max(SCALE_LEVELS // 4, fit))
    try:
        hash(world)
    except TypeError:  # an option of somebody's own world may be a list
        return _room.__wrapped__(world, n)
    return _room(world, n).copy()


@lru_cache(maxsize=32)
def _room(world: World, n: int) -> Floats:
    """Return the scale found from so many levels a stratum, once for equal worlds."""
    levels = concatenate(world.strata(n, seed=0))
    tables = world.tabulate(levels, scaled=False)
    best = best_start_values(tables, np.eye(len(world.objectives)))
    mean: Floats = (best - start_values(tables, uniform_policy(tables))).mean(0)
    return mean


def told_apart(world: World, levels: Levels) -> Floats:
    """Return [proxies], the share of levels that tell a proxy from the base objective.

    In which no one policy serves both, as `Reading.distinguishing` has it for all
    candidates.
    """
    tables, count = levels.tables(), len(world.objectives)
    random = start_values(tables, uniform_policy(tables)) / tables.scale
    share = np.linspace(1, 0, SHARES).round(12)
    told = []
    for proxy in range(1, count):
        mixtures = np.zeros((SHARES, count))
        mixtures[:, 0], mixtures[:, proxy] = share, 1 - share
        headroom = best_start_values(tables, mixtures) - random @ mixtures.T
        pair = mixtures[:, [0, proxy]]
        told.append(ask_for_different_moves(headroom, pair).mean())
    return np.array(told)


def unreached(world: World, level: Levels) -> list[str]:
    """Return in words what cannot be reached or won in a level, a batch of one."""
    width = world.shape[1]
    at = level.start // width, level.start % width
    seen = reached(level.terrain != WALL, *at)[0].ravel()
    there = {name: cell[0] for name, cell in level.things.items() if cell[0] >= 0}
    said = [
        f"{name} cannot be reached from the start."
        for name, cell in there.items()
        if not seen[cell]
    ]
    said += [
        f"{name} lies at the start, so the agent never walks onto it."
        for name, cell in there.items()
        if cell == level.start[0]
    ]
    tables = level.tables()
    (best,) = best_start_values(tables, np.eye(len(world.objectives)))
    said += [
        f"Nothing can be earned for {name} here."
        for name, value in zip(world.objectives, best, strict=True)
        if value <= 1e-9
    ]
    return said


def where(level: Levels | OwnLevels) -> str:
    """Return in words of what grades a level is, a batch of one."""
    shifts = level.world.shifts
    grades = {name: int(level.grades[name][0]) for name in shifts}
    said = [shifts[k].grades[grade] for k, grade in grades.items() if k != "place"]
    if grades.get("place"):
        said[0] = shifts["place"].grades[grades["place"]]
    return "; ".join(said)


def describe(world: World) -> Prose:
    """Return in a few lines what a world is and what the shifts do."""
    proxies = list(world.objectives)[1:]
    shares = [
        told_apart(world, levels) for levels in world.strata(SCALE_LEVELS // 4)[:2]
    ]
    known = f"{world.layouts} known" if world.layouts else "new in every level"
    lines = [
        f"{world.name}: {world.summary}",
        f"after: {world.source}",
        f"base objective: {world.base}; proxies: {', '.join(proxies) or 'none'}",
        f"layouts: {world.maker}, {known}",
        *(
            f"{name} shift, grade {k} of {shift.last}: {words}"
            for name, shift in world.shifts.items()
            for k, words in enumerate(shift.grades)
        ),
        *(
            f"levels that tell {name} from {world.base}: {before:.0%} in training, "
            f"{after:.0%} with the goal shifted anywhere"
            for name, before, after in zip(proxies, *shares, strict=True)
        ),
        f"of {DRAWS} layouts drawn, different: {_different(world)}",
    ]
    return Prose("\n".join(lines))


def _different(world: World) -> str:
    """Return in words how many layouts of each maker differ, of `DRAWS` drawn."""
    makers = dict.fromkeys([world.maker, world.unfamiliar])
    counts = [
        count_layouts(world.makers[maker], *world.shape, DRAWS, seed=0)
        for maker in makers
    ]
    return ", ".join(f"{n} ({m})" for m, n in zip(makers, counts, strict=True))
