"""Levels drawn at a shift: layouts, and cells in them on which things may lie."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from .. import arguments
from ..mdp import Floats, Ints
from .layouts import FREE, Terrain, Walls, around, reached
from .levels import Bools, Levels, concatenate

if TYPE_CHECKING:
    from .world import World

SHIFTS = ("goal", "layout", "place")
TRIES = 200  # rounds of drawing places again before a layout is given up
LAYOUT_TRIES = 20  # rounds of drawing layouts again before a world is
Spots = dict[str, Ints]  # name to cell [levels], -1 where there is none
Fine = Callable[[Terrain, Spots], Bools]


def strata(world: World, n: int, seed: int = 0) -> list[Levels]:
    """Return four strata (`STRATUM_NAMES`), n levels each; level i is i in all."""
    n, seed = arguments.whole("n", n, 1), arguments.seed("seed", seed)
    return [stratum for new in (0, 1) for stratum in _pair(world, n, seed, new)]


def _pair(world: World, n: int, seed: int, new: int) -> list[Levels]:
    """Return the two strata of familiar or unfamiliar (new = 1) layouts."""
    # A stream for each kind of layout and one for what lies in it, so that no stratum
    # depends on which others are asked for.
    rngs = [np.random.default_rng([seed, k]) for k in (new, 2 + new)]
    terrain, grades = _furnish(world, n, _unfamiliar if new else _familiar, *rngs)
    pair = []
    for grade, things in enumerate(grades):
        start = things.pop("start")
        shifted = (np.full(n, flag) for flag in (grade > 0, new > 0, False))
        pair.append(Levels(world, terrain, start, things, *shifted))
    return pair


def thresholds(n: int, seed: int) -> Floats:
    """Return [levels, 2], the shifts (goal, layout) from which level i changes."""
    return np.random.default_rng([seed, 4]).random((n, 2))


def sample(
    world: World,
    n: int,
    goal: float = 0.0,
    layout: float = 0.0,
    *,
    place: float = 0.0,
    seed: int = 0,
) -> Levels:
    """Return n levels at a shift.

    goal: share of levels in which base and proxies come apart, in [0, 1].
    layout: share of levels with an unfamiliar layout, in [0, 1].
    place: share of levels in which base and proxies lie together where nothing ever lay
    in training, in [0, 1]; alone, and in worlds that have `place_grades`.
    With one seed a larger shift only moves levels from one stratum to another.
    Raises ValueError for a number out of range, or a shift that there is not.
    """
    goal = arguments.fraction("goal", goal)
    layout = arguments.fraction("layout", layout)
    place = arguments.fraction("place", place)
    n, seed = arguments.whole("n", n, 1), arguments.seed("seed", seed)
    if place > 0:
        _check_place(world, place, goal, layout)
        moved = np.random.default_rng([seed, 6]).random(n) < place
        here = sample(world, n, seed=seed)
        both = concatenate([here, _elsewhere(here, np.random.default_rng([seed, 5]))])
        return both[moved * n + np.arange(n)]
    apart, new = (thresholds(n, seed) < [goal, layout]).T.astype(int)
    kinds = np.unique(new).tolist()
    every = concatenate([part for k in kinds for part in _pair(world, n, seed, k)])
    return every[(2 * (new - kinds[0]) + apart) * n + np.arange(n)]


def _check_place(world: World, place: float, goal: float, layout: float) -> None:
    """Raise ValueError where there is no place shift, or another one beside it."""
    if world.place_grades is None:
        raise ValueError(
            f"place={place:g} is not possible in {world!r}, where training has no one "
            "place for what is wanted; allowed: 0."
        )
    if goal > 0 or layout > 0:
        raise ValueError(
            f"place={place:g} is not possible with goal={goal:g} and "
            f"layout={layout:g}; allowed: 0 for both, so that only the place is new."
        )


def _elsewhere(levels: Levels, rng: np.random.Generator) -> Levels:
    """Return training levels in which what lies with the base thing lies elsewhere.

    In one other cell that can be reached, drawn uniformly; all else stays.
    """
    width = levels.world.shape[1]
    home = levels.things[levels.world.things[0].name]
    free, start = levels.terrain == FREE, levels.start
    beyond = reached(free, start // width, start % width)
    new = random_cell(without(beyond, start, home), rng)
    things = {
        name: np.where(cell == home, new, cell) for name, cell in levels.things.items()
    }
    return replace(levels, things=things, place_shifted=np.ones(len(levels), bool))


# Layouts

Draw = Callable[["World", int, np.random.Generator], Terrain]


def _familiar(world: World, n: int, rng: np.random.Generator) -> Terrain:
    if world.layouts is None:
        return make_layouts(world, world.maker, n, rng)
    return world.training_layouts[rng.integers(world.layouts, size=n)]


def _unfamiliar(world: World, n: int, rng: np.random.Generator) -> Terrain:
    """Return n layouts none of which is a training layout."""
    terrain = make_layouts(world, world.unfamiliar, n, rng)
    if world.layouts is None:
        return terrain
    known = {layout.tobytes() for layout in world.training_layouts}
    for _ in range(100):
        seen = [i for i, layout in enumerate(terrain) if layout.tobytes() in known]
        if not seen:
            return terrain
        terrain[seen] = make_layouts(world, world.unfamiliar, len(seen), rng)
    raise ValueError(
        f"unfamiliar={world.unfamiliar!r} gives no layout of size {world.size} that is "
        "not a training layout; allowed: another maker, or fewer layouts."
    )


def make_layouts(world: World, maker: str, n: int, rng: np.random.Generator) -> Terrain:
    """Return n layouts of a maker, [n, height, width]."""
    return world.makers[maker](n, *world.shape, rng).astype(np.uint8)


def _furnish(
    world: World,
    n: int,
    draw: Draw,
    terrain_rng: np.random.Generator,
    rng: np.random.Generator,
) -> tuple[Terrain, list[Spots]]:
    """Return n layouts and what lies where at each grade.

    A layout that cannot hold the things is drawn again. Raises ValueError where
    `LAYOUT_TRIES` rounds do not suffice.
    """
    terrain = draw(world, n, terrain_rng)
    grades = _laid(world, terrain, rng)
    for _ in range(LAYOUT_TRIES):
        full = np.flatnonzero(grades[0]["start"] < 0)
        if not len(full):
            return terrain, grades
        terrain[full] = draw(world, len(full), terrain_rng)
        again = _laid(world, terrain[full], rng)
        for things, others in zip(grades, again, strict=True):
            for name, cell in others.items():
                things[name][full] = cell
    maker = "maker" if draw is _familiar else "unfamiliar"
    raise ValueError(
        f"{maker}={getattr(world, maker)!r} gives no layout of size={world.size} that "
        f"holds start and things of {world.name!r} in {LAYOUT_TRIES} tries; allowed: a "
        "larger size, another maker, or fewer things."
    )


def _laid(world: World, terrain: Terrain, rng: np.random.Generator) -> list[Spots]:
    """Return start and things at each grade of the goal shift, on the same spots."""
    spots = world.scatter(terrain, rng)
    grades = []
    for grade in range(len(world.goal_grades)):
        laid = world.lay(spots, grade)
        laid |= {t.name: None for t in world.things if t.name not in laid}
        cells = {
            name: np.full(len(terrain), -1) if cell is None else cell
            for name, cell in laid.items()
        }
        grades.append({"start": spots["start"], **cells})
    return grades


# Cells in them


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
    left = free.copy()
    for cell in cells:
        there = np.flatnonzero(cell >= 0)
        left.reshape(len(free), -1)[there, cell[there]] = False
    return left


def can_reach(free: Walls, start: Ints, *goals: Ints) -> Bools:
    """Return [levels], whether ways lead from start to all goals over free cells.

    A goal itself need not be free: take goals away from the free cells, and no way to
    one passes another. None leads to or from a cell that is -1.
    """
    n, _, width = free.shape
    seen = around(reached(free, *divmod(start, width))).reshape(n, -1)
    found = [seen[np.arange(n), goal] & (goal >= 0) for goal in goals]
    return np.all(found, axis=0)
