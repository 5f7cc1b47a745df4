"""Levels in which one thing alone lies elsewhere, to see whether behaviour follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from ..mdp import Ints, MovedTables, Tables
from .declaration import Declaration
from .layouts import FREE, Bools, Walls, around, reached
from .levels import Levels, concatenate
from .own.world import OwnWorld
from .spots import without
from .tabulate import MOVES, step

if TYPE_CHECKING:
    from .world import World


@dataclass(frozen=True, eq=False)
class Moved:
    """Levels with their counterparts, for each objective that has a thing to be moved.

    things: objective to the names of its things, of which a level holds at least one.
    levels: all as one batch, as `MovedTables` has them; tables: theirs.
    """

    things: Mapping[str, tuple[str, ...]]
    levels: Levels
    tables: MovedTables


def things_of(world: World) -> dict[str, tuple[str, ...]]:
    """Return for each objective the things that pay it, those without any left out.

    Found by asking the rules: what happens where one thing is walked onto, whatever has
    happened before. Raises ValueError where there is a `refusal`.
    """
    if why := refusal(world):
        raise ValueError(why)
    return _paying(world)


@lru_cache(maxsize=64)
def refusal(world: World | OwnWorld) -> str:
    """Return why moving one thing alone says nothing in a world, or "" where it does.

    Things move by themselves, chance plays a part, states are too many to list, or no
    thing pays the base objective.
    """
    if isinstance(world, OwnWorld):
        return f"Nothing can be moved in {world.name!r}, an environment of your own."
    if world.outcomes > 1:
        why = "chance plays a part"
    elif type(world).stands is not Declaration.stands:
        why = "things move by themselves"
    elif not world.listed:
        why = f"there are {world.states:,} states a level"
    elif world.base not in _paying(world):
        why = f"no thing pays {world.base}"
    else:
        return ""
    return (
        f"Moving one thing alone says nothing in world={world.name!r}, as {why}; "
        "allowed: a world without chance, whose states can be listed and whose things "
        "stay where they are laid."
    )


def _paying(world: World) -> dict[str, tuple[str, ...]]:
    levels = concatenate(world.strata(1)[:2])
    had = world.recall(levels, np.arange(world.flags)[None])
    off = {name: np.array(False) for name in (*levels.things, *world.areas)}
    found: dict[str, tuple[str, ...]] = {}
    for thing in world.things:
        events, *_ = world.rules(off | {thing.name: np.array(True)}, had)
        happens = [np.any(events.get(event, False)) for event in world.events]
        for name, pays in zip(world.objectives, world.pays, strict=True):
            if (pays[happens] > 0).any():
                found[name] = (*found.get(name, ()), thing.name)
    return {name: found[name] for name in world.objectives if name in found}


@lru_cache(maxsize=16)
def moved(levels: Levels) -> Moved:
    """Return levels with their counterparts, kept for those who ask next.

    In a counterpart the first thing of an objective that a level holds lies in another
    free cell, the same in every batch that this level is in; nothing that could be
    reached without passing a thing is cut off by it. Where there is no such cell, or no
    such thing, `MovedTables.old` is -1, and nothing counts as drawn by it.
    Raises ValueError for a world in which that says nothing; see `things_of`.
    """
    world = levels.world
    things = things_of(world)
    parts, old, new = [levels], [], []
    for name, candidates in things.items():
        cell = np.stack([levels.things[thing] for thing in candidates])
        which = (cell >= 0).argmax(0)
        lies = cell[which, np.arange(len(levels))]
        new.append(_elsewhere(levels, lies, name))
        old.append(np.where(new[-1] < 0, -1, lies))
        to = np.where(new[-1] < 0, lies, new[-1])
        laid = {
            thing: np.where(which == k, to, levels.things[thing])
            for k, thing in enumerate(candidates)
        }
        parts.append(replace(levels, things=levels.things | laid))
    every, names = concatenate(parts), list(world.objectives)
    tables = every.tables()
    made = MovedTables(
        **{f.name: getattr(tables, f.name) for f in fields(Tables)},
        of=tuple(map(names.index, things)),
        old=np.stack(old),
        new=np.stack(new),
        onto=_onto(levels, tables),
    )
    return Moved(things, every, made)


def _onto(levels: Levels, tables: Tables) -> Ints:
    """Return [levels, states, actions], the cell that a move leads to, ended or not."""
    cells, flags = levels.terrain[0].size, levels.world.flags
    grid = np.ix_(range(len(levels)), range(cells), range(len(MOVES)))
    flag = np.zeros((1, 1, 1), int)  # any: walls alone say where a move leads
    onto = step(levels.world, levels, grid[1], flag, grid[2]).cell
    every = np.full(tables[: len(levels)].shape, -2)
    every[:, :-1] = np.tile(onto, (1, flags, 1))
    return every


def _elsewhere(levels: Levels, old: Ints, name: str) -> Ints:
    """Return [levels], another cell for a thing, -1 where there is none or no thing.

    Drawn by what the level looks like and the name of the objective.
    """
    n, cells = len(levels), levels.terrain[0].size
    seeds = [blake2b(key + name.encode(), digest_size=8) for key in levels.keys]
    drawn = [np.random.default_rng(list(s.digest())).random(cells) for s in seeds]
    free = without(levels.terrain == FREE, *levels.things.values())
    before = _ways(levels, free)
    beyond = reached(free, *divmod(levels.start, free.shape[2]))
    left = without(beyond, levels.start).reshape(n, -1) & (old >= 0)[:, None]
    new, todo = np.full(n, -1), np.arange(n)
    while len(todo := todo[left[todo].any(1)]):
        tried = np.where(left, drawn, -1.0).argmax(1)
        kept = _ways(levels, without(free, tried))
        fine = np.all(kept | ~before, axis=1)[todo]
        new[todo[fine]] = tried[todo[fine]]
        todo = todo[~fine]
        left[todo, tried[todo]] = False
    return new


def _ways(levels: Levels, free: Walls) -> Bools:
    """Return [levels, things], whether free cells lead from the start to a thing."""
    n, level = len(levels), np.arange(len(levels))
    seen = around(reached(free, *divmod(levels.start, free.shape[2])))
    cells = np.stack(list(levels.things.values()), 1)
    ways: Bools = (cells >= 0) & seen.reshape(n, -1)[level[:, None], cells]
    return ways
