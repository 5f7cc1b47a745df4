"""How MiniGrid encodes and draws what lies in a cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from minigrid.core.constants import COLOR_TO_IDX, IDX_TO_OBJECT, OBJECT_TO_IDX
from minigrid.core.grid import Grid
from minigrid.core.world_object import Lava, Wall, WorldObj
from minigrid.utils.rendering import fill_coords
from numpy.typing import NDArray

from ..styles import SHAPES, Outline
from .levels import Levels, Thing
from .world import World


class Tile(WorldObj):
    """What lies in one cell; it can be walked onto.

    Its encoding has the type and colour of the topmost thing and, as state, one bit
    for each look of the things that lie here. things: one of each look.
    """

    def __init__(self, world: World, bits: int) -> None:
        self.things = [t for i, t in enumerate(world.appearances) if bits >> i & 1]
        self.bits = bits
        super().__init__(*self.things[0].tile)

    def can_overlap(self) -> bool:
        """Return True: everything here is used by walking onto it."""
        return True

    def encode(self) -> tuple[int, int, int]:
        """Return type, colour and the bits of what lies here."""
        return OBJECT_TO_IDX[self.type], COLOR_TO_IDX[self.color], self.bits

    def render(self, img: np.ndarray) -> None:  # type: ignore[override]
        """Draw what lies here, the topmost thing last."""
        for thing in reversed(self.things):
            colour = tuple(int(thing.colour[i : i + 2], 16) for i in (1, 3, 5))
            fill_coords(img, inside(SHAPES[thing.shape]), colour)


def code_of(world: World, things: list[Thing]) -> tuple[int, int, int]:
    """Return MiniGrid's code of things in one cell: type, colour, a bit for a look.

    A thing without features cannot be seen and leaves no trace; (1, 0, 0) is empty.
    """
    seen = [t for t in things if t.features]
    if not seen:
        return OBJECT_TO_IDX["empty"], 0, 0
    kind, colour = seen[0].tile
    here = {t.features for t in seen}
    bits = sum(1 << i for i, t in enumerate(world.appearances) if t.features in here)
    return OBJECT_TO_IDX[kind], COLOR_TO_IDX[colour], bits


def draw_code(
    world: World, code: tuple[int, ...], facing: int | None, size: int
) -> np.ndarray:
    """Return the picture of a cell [size, size, 3], with an agent if it faces a way."""
    kind = IDX_TO_OBJECT[int(code[0])]
    if code[2]:
        cell: WorldObj | None = Tile(world, int(code[2]))
    else:
        cell = {"wall": Wall(), "lava": Lava()}.get(kind)
    with own_tiles(world.name):
        return Grid.render_tile(cell, facing, tile_size=size).astype(np.uint8)


_tiles: dict[str, dict[Any, Any]] = {}


@contextmanager
def own_tiles(world: str) -> Iterator[None]:
    """Give MiniGrid a tile cache of this world: the same code looks different in each.

    Its cache is one for all environments, by a tile's encoding alone.
    """
    shared = Grid.tile_cache
    Grid.tile_cache = _tiles.setdefault(world, {})
    try:
        yield
    finally:
        Grid.tile_cache = shared


def inside(outline: Outline) -> Callable[[float, float], bool]:
    """Return a test of whether (x, y) lies within a polygon (even-odd rule)."""
    edges = list(zip(outline, outline[1:] + outline[:1], strict=True))

    def test(x: float, y: float) -> bool:
        crossed = [
            (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0
            for (x0, y0), (x1, y1) in edges
        ]
        return sum(crossed) % 2 == 1

    return test


def codes_of(levels: Levels, flag: int) -> NDArray[np.uint8]:
    """Return MiniGrid's encoding of every cell, [levels, cells, 3]."""
    n, cells = len(levels), levels.terrain[0].size
    kinds = np.array([(1, 0, 0), (2, 5, 0), (9, 0, 0)], np.uint8)  # empty, wall, lava
    codes = kinds[levels.terrain.reshape(n, cells)]
    world, seen = levels.world, levels.world.visible(levels, flag)
    for thing in reversed([t for t in world.things if t.features]):
        there = np.flatnonzero(seen[thing.name] >= 0)
        cell = seen[thing.name][there]
        *kind, bit = code_of(world, [thing])
        codes[there, cell, :2] = kind
        codes[there, cell, 2] |= np.uint8(bit)
    return codes
