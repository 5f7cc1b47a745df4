"""How MiniGrid encodes and draws what lies in a cell.

What lies in a cell is one number, its `looks`: bit i for a thing that looks like number
i of `World.appearances`, and a last bit for lava under them, in worlds that show lava.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Any

import numpy as np
from minigrid.core.constants import (
    COLOR_TO_IDX,
    IDX_TO_COLOR,
    IDX_TO_OBJECT,
    OBJECT_TO_IDX,
    STATE_TO_IDX,
)
from minigrid.core.grid import Grid
from minigrid.core.world_object import Goal, Lava, Wall, WorldObj
from minigrid.utils.rendering import fill_coords
from numpy.typing import NDArray

from ..mdp import Ints
from ..styles import SHAPES, Outline
from .layouts import LAVA
from .levels import TILE_COLOURS, TILE_TYPES, Levels, check_looks
from .world import World

TERRAIN = (1, 0, 0), (2, 5, 0), (9, 0, 0)  # codes of free cells, walls and lava


class Code(tuple[int, ...]):
    """The type, colour and state of a tile.

    MiniGrid keeps every tile it draws, for all environments, by its code and how it is
    shown. As one code looks different in two worlds, its look is put between the two.
    """

    look: tuple[Any, ...] = ()

    def __add__(self, shown: tuple[Any, ...]) -> tuple[Any, ...]:
        return (*self, self.look, *shown)


class Tile(WorldObj):
    """What lies in one cell; it can be walked onto.

    things: one of each look, the topmost first. on_lava: whether lava is under them.
    """

    def __init__(self, world: World, looks: int) -> None:
        self.things = [t for i, t in enumerate(world.appearances) if looks >> i & 1]
        self.on_lava = bool(looks >> len(world.appearances))
        self.code = Code(codes(world)[looks])
        self.code.look = *self.things, self.on_lava
        kind, colour, state = self.code
        WorldObj.__init__(self, IDX_TO_OBJECT[kind], IDX_TO_COLOR[colour])
        self.is_open, self.is_locked = state == 0, state == 2  # asked of doors

    def can_overlap(self) -> bool:
        """Return True: everything here is used by walking onto it."""
        return True

    def encode(self) -> tuple[int, ...]:  # type: ignore[override]
        """Return type, colour and state, as `codes` says."""
        return self.code

    def render(self, img: np.ndarray) -> None:  # type: ignore[override]
        """Draw what lies here, the topmost thing last."""
        if self.on_lava:
            Lava().render(img)
        for thing in reversed(self.things):
            colour = tuple(int(thing.colour[i : i + 2], 16) for i in (1, 3, 5))
            fill_coords(img, inside(SHAPES[thing.shape]), colour)


class GoalTile(Tile, Goal):
    """A tile of type "goal", which MiniGrid's wrappers look for as a `Goal`."""


def object_of(world: World, looks: int) -> WorldObj:
    """Return what MiniGrid puts into a cell where something lies."""
    if looks >> len(world.appearances) and not looks % (1 << len(world.appearances)):
        return Lava()
    kind = IDX_TO_OBJECT[codes(world)[looks][0]]
    return (GoalTile if kind == "goal" else Tile)(world, looks)


def codes(world: World) -> tuple[tuple[int, int, int], ...]:
    """Return MiniGrid's code of all that can lie in a cell: type, colour, state.

    In the order of `looks`, and no two alike. They are MiniGrid's own numbers, so that
    wrappers and embeddings of its sizes hold them. Type and colour are the topmost
    thing's while there are states left to tell what is under it; then the colour is
    another, and at last the type. A thing without features leaves no trace.
    Raises ValueError for more looks than there are codes for.
    """
    lava = "lava" in world.features
    check_looks(world.name, len(world.appearances), lava)
    return _codes(tuple(thing.tile for thing in world.appearances), lava)


@cache
def _codes(
    tiles: tuple[tuple[str, str], ...], lava: bool
) -> tuple[tuple[int, int, int], ...]:
    types = sorted(OBJECT_TO_IDX[kind] for kind in TILE_TYPES)
    colours = sorted(COLOR_TO_IDX[colour] for colour in TILE_COLOURS)
    left = set(product(types, colours, STATE_TO_IDX.values()))
    under = 1 << len(tiles)
    found = {0: TERRAIN[0], under: TERRAIN[2]} if lava else {0: TERRAIN[0]}
    # Single things first: none of them is to lose its own type and colour to a pile.
    piles = sorted(range(1, under), key=lambda looks: (looks.bit_count(), looks))
    for looks in piles + [pile + under for pile in piles if lava]:
        kind, colour = tiles[(looks & -looks).bit_length() - 1]  # of the lowest bit
        own = OBJECT_TO_IDX[kind], COLOR_TO_IDX[colour]
        ranked = sorted((c[0] != own[0], c[1] != own[1], c) for c in left)
        found[looks] = ranked[0][-1]
        left.remove(found[looks])
    return tuple(found[looks] for looks in sorted(found))


def looks_of(levels: Levels, flag: Ints | int) -> Ints:
    """Return what lies in every cell, [levels, cells]; flag: as for `visible`."""
    world, n = levels.world, len(levels)
    bit = {thing.features: 1 << i for i, thing in enumerate(world.appearances)}
    looks = np.zeros((n, levels.terrain[0].size), int)
    if "lava" in world.features:
        looks[levels.terrain.reshape(n, -1) == LAVA] = 1 << len(bit)
    seen = world.visible(levels, flag)
    for thing in world.things:
        if thing.features:
            there = np.flatnonzero(seen[thing.name] >= 0)
            looks[there, seen[thing.name][there]] |= bit[thing.features]
    return looks


def codes_of(levels: Levels, flag: Ints | int) -> NDArray[np.uint8]:
    """Return MiniGrid's encoding of every cell, [levels, cells, 3]."""
    ground = np.array(TERRAIN, np.uint8)[levels.terrain.reshape(len(levels), -1)]
    looks = looks_of(levels, flag)
    here = looks > 0
    ground[here] = np.array(codes(levels.world), np.uint8)[looks[here]]
    return ground


def draw_code(
    world: World, code: tuple[int, ...], facing: int | None, size: int
) -> np.ndarray:
    """Return the picture of a cell [size, size, 3], with an agent if it faces a way."""
    terrain: dict[tuple[int, ...], WorldObj | None]
    terrain = dict(zip(TERRAIN, (None, Wall(), Lava()), strict=True))
    if code in terrain:
        cell = terrain[code]
    else:
        cell = object_of(world, codes(world).index(code))
    return Grid.render_tile(cell, facing, tile_size=size).astype(np.uint8)


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
