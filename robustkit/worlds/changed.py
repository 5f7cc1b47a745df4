"""Layouts that differ from known ones in a wall or a few."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .layouts import FREE, WALL, Bools, Terrain, Walls, around, reached
from .spots import Fine, Spots, without

if TYPE_CHECKING:
    from .world import World

COUNTS = {"1 wall": 1, "4 walls": 4}
WORDS = {
    "1 wall": "a training layout with one wall added or removed",
    "4 walls": "a training layout with four walls added or removed",
}
ROOM = 25  # inner cells of a layout of which four can be changed
MOST_DRAWN = 10**8  # layouts × cells × side: about a second, and 150 MB
DRAWS = 64  # of a maker, to see whether it makes any layout that is not known


def training_layouts(world: World) -> Terrain:
    """[layouts, height, width], the layouts that training knows.

    Raises ValueError for more than can be drawn in about a second.
    """
    if world.layouts is None:
        raise ValueError("layouts=None: this world has no finite set of layouts.")
    height, width = world.shape
    most = MOST_DRAWN // (height * width * max(height, width))
    if world.layouts > most:
        raise ValueError(
            f"layouts={world.layouts} of {height} × {width} cells are too many to draw "
            f"and to know; allowed: at most {most}, or None for new ones in each level."
        )
    rng = np.random.default_rng([2025, world.size, world.layouts])
    drawn = world.makers[world.maker](world.layouts, *world.shape, rng)
    return drawn.astype(np.uint8)


def known(world: World) -> set[bytes]:
    """Return the layouts that training knows, to look others up in."""
    return {layout.tobytes() for layout in world.training_layouts}


def are_known(world: World, layouts: Terrain | Walls) -> Bools:
    """Return whether training knows each of layouts [layouts, height, width].

    It knows none of them where every level has a new one.
    """
    if world.layouts is None:
        return np.zeros(len(layouts), bool)
    each = layouts.astype(np.uint8)
    return np.array([layout.tobytes() in world.known for layout in each], bool)


def grades(world: World) -> dict[str, str]:
    """Return kinds of layouts, grade by grade, to what they are like in words.

    "known" to training; changed by `World.vary`; "new" ones, made by the maker of
    training, and "other" ones, made by `World.unfamiliar`.
    Four walls are left out where there is no room for them; new layouts of the maker of
    training where there is none, or no other maker after it. Without known layouts
    ("layouts=None") only another maker's differ from training.
    """
    same = f"a new layout of the same kind ({world.maker})"
    another = f"a new layout of another kind ({world.unfamiliar})"
    other = {"other": same if world.maker == world.unfamiliar else another}
    if world.layouts is None:
        return {"known": f"a new layout in every level ({world.maker})", **other}
    many = f"one of the {world.layouts} training layouts"
    first = {"known": many if world.layouts > 1 else "the one training layout"}
    height, width = world.shape
    room = (height - 2) * (width - 2)
    between = {
        kind: WORDS[kind] for kind, k in COUNTS.items() if k == 1 or room >= ROOM
    }
    drawn = world.makers[world.maker](DRAWS, height, width, np.random.default_rng(2025))
    if world.maker != world.unfamiliar and not world.are_known(drawn).all():
        between["new"] = same
    return {**first, **between, **other}


def walls(
    fine: Fine, kind: str, terrain: Terrain, spots: Spots, rng: np.random.Generator
) -> tuple[Terrain, Spots, Bools]:
    """Return layouts with so many walls changed, their spots, and where that many did.

    Inner cells are tried in a random order: floor becomes wall, or wall floor, if no
    spot is walled up, no cell is cut off, and spots stay `fine`. Spots never move, and
    the order is the same for every kind: of four walls the first is that of one.
    """
    count, changed = COUNTS[kind], terrain.copy()
    n, height, width = terrain.shape
    inner = np.zeros((height, width), bool)
    inner[1:-1, 1:-1] = True
    order = np.where(inner.ravel(), rng.random((n, inner.size)), 2.0).argsort(1)
    left, level = np.full(n, count), np.arange(n)
    for cell in order[:, : inner.sum()].T:
        todo = level[left > 0]
        if not len(todo):
            break
        here = changed[todo]
        tried = _flip(here, cell[todo])
        mine = {name: spot[todo] for name, spot in spots.items()}
        fits = _fits(here, tried, cell[todo], mine)
        if fits.any():
            laid = {name: spot[fits] for name, spot in mine.items()}
            fits[fits] = fine(tried[fits], laid)
        changed[todo[fits]] = tried[fits]
        left[todo[fits]] -= 1
    return changed, {name: spot.copy() for name, spot in spots.items()}, left == 0


def _flip(terrain: Terrain, cell: np.ndarray) -> Terrain:
    """Return layouts in which one cell each, free or wall, is the other of the two."""
    flipped, level = terrain.copy(), np.arange(len(terrain))
    flat = flipped.reshape(len(terrain), -1)
    old = flat[level, cell]
    flat[level, cell] = np.where(old == FREE, WALL, np.where(old == WALL, FREE, old))
    return flipped


def _fits(old: Terrain, new: Terrain, cell: np.ndarray, spots: Spots) -> Bools:
    """Return [levels], whether a changed cell is no spot's and cuts no cell off."""
    start, width = spots["start"], old.shape[2]
    taken = np.any([cell == spot for spot in spots.values()], axis=0)
    y, x = divmod(start, width)
    before = without(reached(old == FREE, y, x), cell)
    after = reached(new == FREE, y, x)
    kept = (after | ~before).all((1, 2))
    level = np.arange(len(old))
    opened = around(after).reshape(len(old), -1)[level, cell]
    same = (old == new).all((1, 2))  # lava stays
    fits: Bools = ~taken & ~same & kept & opened
    return fits
