"""Cells on which start and things may lie, drawn at random."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from ..mdp import Ints
from .layouts import FREE, Bools, Terrain, Walls, around, distances, reached

TRIES = 200  # rounds of drawing places again before a layout is given up
Spots = dict[str, Ints]  # name to cell [levels], -1 where there is none
Fine = Callable[[Terrain, Spots], Bools]


def scatter(
    terrain: Terrain,
    rng: np.random.Generator,
    names: Iterable[str],
    fine: Fine,
    fixed: Mapping[str, int] | None = None,
    within: Mapping[str, Walls] | None = None,
) -> Spots:
    """Return a spot for "start" and each name, drawn again where they are not fine.

    fixed: name to the cell that it always has. within: name to the cells [height,
    width] that it may have.
    Where `TRIES` rounds do not suffice, all are -1: the layout cannot hold the things,
    or cuts them off from each other.
    """
    spots = draw_spots(terrain, rng, names, fixed, within)
    again = np.arange(len(terrain))
    for _ in range(TRIES):
        new = {name: cell[again] for name, cell in spots.items()}
        laid = np.all([cell >= 0 for cell in new.values()], axis=0)
        again = again[~(laid & fine(terrain[again], new))]
        if not len(again):
            return spots
        drawn = draw_spots(terrain[again], rng, names, fixed, within)
        for name, cell in drawn.items():
            spots[name][again] = cell
    for cell in spots.values():
        cell[again] = -1
    return spots


def draw_spots(
    terrain: Terrain,
    rng: np.random.Generator,
    names: Iterable[str],
    fixed: Mapping[str, int] | None = None,
    within: Mapping[str, Walls] | None = None,
) -> Spots:
    """Return spots as `scatter` does, drawn once and one after another."""
    fixed, within = fixed or {}, within or {}
    spots = {name: np.full(len(terrain), cell) for name, cell in fixed.items()}
    left = without(terrain == FREE, *spots.values())
    for name in ("start", *names):
        if name not in fixed:
            allowed = left & within[name] if name in within else left
            spots[name] = random_cell(allowed, rng)
            left = without(left, spots[name])
    return spots


def none_in_the_way(terrain: Terrain, spots: Spots) -> Bools:
    """Return [levels], whether each spot can be reached without passing another."""
    things = [cell for name, cell in spots.items() if name != "start"]
    return can_reach(without(terrain == FREE, *things), spots["start"], *things)


def random_cell(free: Walls, rng: np.random.Generator) -> Ints:
    """Return for each level [levels] a free cell; free is [levels, height, width].

    The same draw picks the same cell wherever it stays free. It is -1 in a level that
    has none.
    """
    flat = free.reshape(len(free), -1)
    drawn = np.where(flat, rng.random(flat.shape), -1.0)
    return np.where(flat.any(1), drawn.argmax(1), -1)


def without(free: Walls, *cells: Ints) -> Walls:
    """Return free cells [levels, height, width] less one or more cells [levels]."""
    left, width = free.copy(), free.shape[2]
    for cell in cells:
        there = np.flatnonzero(cell >= 0)
        left[there, *divmod(cell[there], width)] = False
    return left


def can_reach(free: Walls, start: Ints, *goals: Ints) -> Bools:
    """Return [levels], whether ways lead from start to all goals over free cells.

    A goal itself need not be free: take goals away from the free cells, and no way to
    one passes another. None leads to or from a cell that is -1.
    """
    level, width = np.arange(len(free)), free.shape[2]
    seen = around(reached(free, *divmod(start, width)))
    found = [seen[level, *divmod(goal, width)] & (goal >= 0) for goal in goals]
    return np.all(found, axis=0)


def open_to(terrain: Terrain, spots: Spots, moved: str) -> Walls:
    """Return cells [levels, height, width] where one thing can lie, the others fixed.

    Each cell such that with the spot `moved` there none is in the way; see
    `none_in_the_way`.
    """
    others = [cell for name, cell in spots.items() if name not in ("start", moved)]
    free, start = without(terrain == FREE, *others), spots["start"]
    beyond = without(reached(free, *divmod(start, free.shape[2])), start)
    for other in others:
        beyond &= ~_gates(free, start, other)
    return beyond


def _gates(free: Walls, start: Ints, goal: Ints) -> Walls:
    """Return the free cells [levels, height, width] that every way to a goal passes."""
    n, height, width = free.shape
    level, cell, gates = np.arange(n), goal.copy(), np.zeros((n, height * width), bool)
    flat = distances(free, *divmod(start, width)).reshape(n, -1)
    pairs = []
    while len(level):  # back along one shortest way: no other cell can be a gate
        beside = cell[:, None] + np.array([1, width, -1, -width])
        far = flat[level[:, None], beside]
        cell = beside[
            np.arange(len(level)), np.where(far < 0, free.size, far).argmin(1)
        ]
        on = flat[level, cell] > 0
        level, cell = level[on], cell[on]
        pairs.append((level, cell))
    level, cell = (np.concatenate(each) for each in zip(*pairs, strict=True))
    shut = ~can_reach(without(free[level], cell), start[level], goal[level])
    gates[level[shut], cell[shut]] = True
    return gates.reshape(free.shape)
