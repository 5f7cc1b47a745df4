"""Layouts of each kind, with the spots in them on which start and things may lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .layouts import Terrain
from .spots import TRIES, Spots

if TYPE_CHECKING:
    from .world import World

LAYOUT_TRIES = 20  # rounds of drawing layouts again before a world is
# Streams of random numbers: of layouts of each kind, and of the spots in them.
STREAMS = {"known": (0, 2), "other": (1, 3), "new": (10, 11)}
VARIED = (12, 13)  # of known ones that are changed, whether in a little or in more
MADE = {"new": "maker", "other": "unfamiliar"}  # kinds of layouts that a maker makes


def laid_out(world: World, n: int, seed: int, kind: str) -> tuple[Terrain, Spots]:
    """Return n layouts of a kind and the spots in them."""
    rngs = [np.random.default_rng([seed, k]) for k in STREAMS.get(kind, VARIED)]
    if kind in STREAMS:
        return _furnish(world, n, kind, *rngs)
    return _varied(world, *laid_out(world, n, seed, "known"), kind, *rngs)


def _varied(
    world: World,
    terrain: Terrain,
    spots: Spots,
    kind: str,
    rng: np.random.Generator,
    again: np.random.Generator,
) -> tuple[Terrain, Spots]:
    """Return known layouts that are changed a little, into ones that are not known.

    Start and things stay as far as the change allows. Where it allows nothing, another
    known layout is changed instead.
    """
    terrain, spots, done = world.vary(kind, terrain, spots, rng)
    for _ in range(TRIES):
        todo = np.flatnonzero(~done | world.are_known(terrain))
        if not len(todo):
            return terrain, spots
        other, cells = _furnish(world, len(todo), "known", again, again)
        terrain[todo], laid, done[todo] = world.vary(kind, other, cells, rng)
        for name, cell in laid.items():
            spots[name][todo] = cell
    raise ValueError(
        f"layout: no layout of size={world.size} that training knows can be changed so "
        f"that {world.layout_grades[kind]!r} is true of {len(todo)} levels of "
        f"{world.name!r}; allowed: a larger size, another maker, or fewer things."
    )


def _draw(world: World, n: int, kind: str, rng: np.random.Generator) -> Terrain:
    """Return n layouts: known ones or, of a maker, ones that are not known."""
    if kind == "known":
        if world.layouts is None:
            return make_layouts(world, world.maker, n, rng)
        return world.training_layouts[rng.integers(world.layouts, size=n)]
    maker = getattr(world, MADE[kind])
    terrain = make_layouts(world, maker, n, rng)
    for _ in range(100):
        seen = np.flatnonzero(world.are_known(terrain))
        if not len(seen):
            return terrain
        terrain[seen] = make_layouts(world, maker, len(seen), rng)
    raise ValueError(
        f"{MADE[kind]}={maker!r} gives no layout of size {world.size} that is not a "
        "training layout; allowed: another maker, or fewer layouts."
    )


def make_layouts(world: World, maker: str, n: int, rng: np.random.Generator) -> Terrain:
    """Return n layouts of a maker, [n, height, width]."""
    return world.makers[maker](n, *world.shape, rng).astype(np.uint8)


def _furnish(
    world: World,
    n: int,
    kind: str,
    terrain_rng: np.random.Generator,
    rng: np.random.Generator,
) -> tuple[Terrain, Spots]:
    """Return n layouts and the spots in them.

    A layout that cannot hold the things is drawn again. Raises ValueError where
    `LAYOUT_TRIES` rounds do not suffice, or there are more things than cells.
    """
    terrain = _draw(world, n, kind, terrain_rng)
    height, width = world.shape
    room = len(world.spots) < (height - 2) * (width - 2)
    spots = world.scatter(terrain, rng) if room else {}
    for _ in range(LAYOUT_TRIES * room):
        full = np.flatnonzero(spots["start"] < 0)
        if not len(full):
            return terrain, spots
        terrain[full] = _draw(world, len(full), kind, terrain_rng)
        for name, cell in world.scatter(terrain[full], rng).items():
            spots[name][full] = cell
    maker = MADE.get(kind, "maker")
    raise ValueError(
        f"{maker}={getattr(world, maker)!r} gives no layout of size={world.size} that "
        f"holds start and things of {world.name!r} in {LAYOUT_TRIES} tries; allowed: a "
        "larger size, another maker, or fewer things."
    )
