"""How MiniGrid encodes and draws what lies in a cell.

What lies in a cell is one number, its `looks`: bit i for a thing that looks like number
i of `World.appearances`, and a last bit for lava under them, in worlds that show lava.
"""

from __future__ import annotations

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
from numpy.typing import NDArray

from ..mdp import Floats, Ints
from ..styles import polygons, shade, spots
from .layouts import LAVA
from .levels import TILE_COLOURS, TILE_TYPES, Levels, Thing, check_looks
from .world import World

TERRAIN = (1, 0, 0), (2, 5, 0), (9, 0, 0)  # codes of free cells, walls and lava
RIM, PALE = 0.07, (225, 225, 225)  # around an icon: half its width, and its colour


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
        places = spots(len(self.things))
        for thing, place in reversed(list(zip(self.things, places, strict=True))):
            paint(img, thing, place)


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


def paint(
    img: NDArray[np.uint8], thing: Thing, place: tuple[float, float, float]
) -> None:
    """Paint the icon of a thing into a cell [size, size, 3], with a pale rim.

    place: its middle and its size, in a cell from -1 to 1. MiniGrid's floor is black.
    """
    x, y, scale = place
    across = (np.arange(len(img)) + 0.5) * 2 / len(img) - 1
    here = np.stack(np.meshgrid((across - x) / scale, (across - y) / scale), -1)
    areas = polygons(thing.shape)
    for _, outline in areas:
        img[near(outline, here, RIM / scale)] = PALE
    for fill, outline in areas:
        img[inside(outline, here)] = shade(thing.colour, fill, "#000000")


def inside(outline: Floats, at: Floats) -> NDArray[np.bool_]:
    """Return which places [..., 2] lie within a polygon [n, 2] (even-odd rule)."""
    x, y = at[..., 0], at[..., 1]
    within = np.zeros(x.shape, bool)
    for (x0, y0), (x1, y1) in zip(outline, np.roll(outline, -1, 0), strict=True):
        if y0 != y1:
            ahead = x < (x1 - x0) * (y - y0) / (y1 - y0) + x0
            within ^= ((y0 > y) != (y1 > y)) & ahead
    return within


def near(outline: Floats, at: Floats, reach: float) -> NDArray[np.bool_]:
    """Return which places [..., 2] lie nearer than `reach` to a polygon's edge."""
    close = np.zeros(at.shape[:-1], bool)
    for start, end in zip(outline, np.roll(outline, -1, 0), strict=True):
        along, from_ = end - start, at - start
        share = np.clip(from_ @ along / max(along @ along, 1e-12), 0, 1)
        close |= ((from_ - share[..., None] * along) ** 2).sum(-1) < reach**2
    return close
