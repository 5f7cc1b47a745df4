"""One level laid by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from .. import arguments
from .layouts import WALL, Terrain
from .levels import SIGNS, Levels

if TYPE_CHECKING:
    from .world import World


def level(
    world: World,
    rows: Sequence[str],
    start: tuple[int, int],
    things: dict[str, tuple[int, int]],
    goal: int | None = None,
) -> Levels:
    """Return one level laid by hand, a batch of one.

    rows: a text for each row, "#" for wall, "." for floor, "~" for lava, with a
    border of wall. start: (row, column); things: name to (row, column); those that
    are not named are not there. goal: its grade of the goal shift; unless given,
    what the things say of it (`keys` counts its keys), or else the last where base and
    proxies come apart, and 0 where they do not. The grade of the layout is 0 where
    training knows it, else the last.
    Raises ValueError for rows of another shape or signs, for a start or a thing
    that is unknown or lies in a wall or outside, and for things that this world
    cannot have together, or not at that grade.
    """
    terrain = _terrain(rows, world.shape)
    names = [thing.name for thing in world.things]
    cells = {name: np.array([-1]) for name in names}
    for name, place in things.items():
        arguments.one_of("things", name, names)
        cells[name] = np.array([_cell(name, place, terrain)])
    begin = np.array([_cell("start", start, terrain)])
    last = {name: shift.last for name, shift in world.shifts.items()}
    known = world.layouts is not None and world.are_known(terrain[None])[0]
    grades = {"goal": 0, "layout": 0 if known else last["layout"], "place": 0}
    if goal is not None:
        goal = arguments.whole("goal", goal, 0, last.get("goal", 0))
    each = {name: np.array([grade]) for name, grade in grades.items()}
    made = Levels(world, terrain[None], begin, cells, each)
    goes = np.array([world.grade_of(made, goal)])
    return replace(made, grades={**each, "goal": goes})


def _terrain(rows: Sequence[str], shape: tuple[int, int]) -> Terrain:
    """Return [height, width] of rows of text; raise ValueError for impossible ones."""
    lengths = [len(row) for row in rows]
    if len(lengths) != shape[0] or set(lengths) != {shape[1]}:
        raise ValueError(
            f"rows holds {len(lengths)}, of lengths {sorted(set(lengths))}; allowed: "
            f"{shape[0]} rows of length {shape[1]}."
        )
    odd = sorted(set("".join(rows)) - set(SIGNS))
    if odd:
        raise ValueError(f"rows hold {odd}; allowed: '#', '.' and '~'.")
    terrain = np.array([[SIGNS[sign] for sign in row] for row in rows], np.uint8)
    inner = np.zeros(shape, bool)
    inner[1:-1, 1:-1] = True
    if (terrain[~inner] != WALL).any():
        raise ValueError("rows: the border is open; allowed: '#' all around.")
    return terrain


def _cell(name: str, place: tuple[int, int], terrain: Terrain) -> int:
    """Return the cell at (row, column); raise ValueError for a wall or outside."""
    height, width = terrain.shape
    try:
        row, column = (arguments.whole(name, x, -(2**31)) for x in place)
    except (TypeError, ValueError):
        allowed = "a pair (row, column) of whole numbers"
        raise arguments.refusal(name, place, allowed) from None
    if not (0 <= row < height and 0 <= column < width):
        raise ValueError(
            f"{name}={place} lies outside; allowed: rows 0 to {height - 1}, columns 0 "
            f"to {width - 1}."
        )
    if terrain[row, column] == WALL:
        raise ValueError(f"{name}={place} lies in a wall; allowed: a floor cell.")
    return row * width + column
