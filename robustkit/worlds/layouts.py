"""Level makers: batches of layouts, walls as True, all free cells connected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

FREE, WALL, LAVA = 0, 1, 2  # what the terrain of a cell can be

Walls = NDArray[np.bool_]
Bools = NDArray[np.bool_]
Terrain = NDArray[np.uint8]
Maker = Callable[..., NDArray[Any]]  # (n, height, width, rng) → walls or terrain
Index = int | NDArray[np.int64]

LOST = 0.2  # share of the inner cells that a layout may lose to being cut off
TRIES = 200  # resampling stops with an error after this many rounds


def blocks(
    n: int, height: int, width: int, rng: np.random.Generator, density: float = 0.25
) -> Walls:
    """Return n layouts [n, height, width] in which inner cells are walls at random.

    Cells cut off from the top-left corner become walls; layouts that lose more than a
    fifth of the inner cells in this way are drawn again (ValueError after `TRIES`
    rounds).
    """
    walls = np.ones((n, height, width), bool)
    todo = np.arange(n)
    enough = (1 - density - LOST) * (height - 2) * (width - 2)
    for _ in range(TRIES):
        inner = rng.random((len(todo), height - 2, width - 2)) < density
        inner[:, 0, 0] = False
        drawn = np.pad(inner, ((0, 0), (1, 1), (1, 1)), constant_values=True)
        walls[todo] = ~reached(~drawn, 1, 1)
        todo = todo[(~walls[todo]).sum((1, 2)) < enough]
        if not len(todo):
            return walls
    raise ValueError(f"{len(todo)} of {n} layouts stayed too full in {TRIES} tries.")


def dense(n: int, height: int, width: int, rng: np.random.Generator) -> Walls:
    """Return n layouts of blocks with 40 % walls."""
    return blocks(n, height, width, rng, density=0.4)


def open_(n: int, height: int, width: int, rng: np.random.Generator) -> Walls:
    """Return n layouts without inner walls."""
    return np.zeros((n, height, width), bool) | border(height, width)


def tree(n: int, height: int, width: int, rng: np.random.Generator) -> Walls:
    """Return n perfect mazes: rooms at odd cells, joined by a random spanning tree.

    Kruskal's algorithm on randomly ordered passages, all layouts at once.
    """
    rows, columns = height // 2, width // 2
    passages = _passages(rows, columns)
    order = rng.random((n, len(passages))).argsort(1)
    group = np.tile(np.arange(rows * columns), (n, 1))
    walls = np.ones((n, height, width), bool)
    walls[:, 1:-1:2, 1:-1:2] = False
    every = np.arange(n)
    for rank in range(len(passages)):
        a, b, y, x = passages[order[:, rank]].T
        apart = group[every, a] != group[every, b]
        walls[every, y, x] &= ~apart
        joins = group == group[every, b][:, None]
        group = np.where(joins, group[every, a][:, None], group)
    return walls


def _passages(rows: int, columns: int) -> NDArray[np.int64]:
    """Return [passages, (room a, room b, y, x)], x and y of the cell between rooms."""
    room = np.arange(rows * columns).reshape(rows, columns)
    y, x = np.mgrid[:rows, :columns] * 2 + 1
    right = [room[:, :-1], room[:, 1:], y[:, :-1], x[:, :-1] + 1]
    down = [room[:-1], room[1:], y[:-1] + 1, x[:-1]]
    pairs = [np.stack([part.ravel() for part in side], 1) for side in (right, down)]
    return np.concatenate(pairs)


def edge(n: int, height: int, width: int, rng: np.random.Generator) -> Walls:
    """Return n layouts that are a perfect maze with a third of its passages doubled.

    A maze in which walls stand on the edges between rooms; opening some more of them
    makes loops, so that there is more than one way.
    """
    walls = tree(n, height, width, rng)
    y, x = np.mgrid[:height, :width]
    inner = (y > 0) & (y < height - 1) & (x > 0) & (x < width - 1)
    between = inner & ((y + x) % 2 == 1)
    opened = rng.random(walls.shape) < 1 / 3
    return walls & ~(between & opened)


def rooms(n: int, height: int, width: int, rng: np.random.Generator) -> Walls:
    """Return n layouts of four rooms with one door in each wall between two of them."""
    middle_y, middle_x = height // 2, width // 2
    walls = np.repeat(border(height, width)[None], n, 0)
    walls[:, middle_y] = True
    walls[:, :, middle_x] = True
    every = np.arange(n)
    for low, high in ((1, middle_y), (middle_y + 1, height - 1)):
        walls[every, rng.integers(low, high, n), middle_x] = False
    for low, high in ((1, middle_x), (middle_x + 1, width - 1)):
        walls[every, middle_y, rng.integers(low, high, n)] = False
    return walls


def count_layouts(maker: Maker, height: int, width: int, draws: int, seed: int) -> int:
    """Return how many different layouts `draws` draws of a maker give.

    What remains is how often a layout repeats: in small mazes a held-out seed may well
    draw a training layout, which is why worlds check for it.
    """
    rng = np.random.default_rng(seed)
    drawn = maker(draws, height, width, rng)
    return len({layout.tobytes() for layout in drawn})


def border(height: int, width: int) -> Walls:
    """Return [height, width], True on the outermost cells."""
    walls = np.ones((height, width), bool)
    walls[1:-1, 1:-1] = False
    return walls


def reached(free: Walls, y: Index, x: Index) -> Walls:
    """Return which free cells [n, height, width] can be reached from cell (y, x).

    y, x: one cell for all layouts, or [n], a cell for each.
    """
    each, count = np.arange(len(free)), 0
    seen = np.zeros_like(free)
    seen[each, y, x] = free[each, y, x]
    while count < (count := int(np.count_nonzero(seen))):  # until none is new
        seen = around(seen)
        seen &= free
    return seen


def distances(free: Walls, y: Index, x: Index) -> NDArray[np.int64]:
    """Return the moves from cell (y, x) to each free cell, [n, height, width].

    y, x: as in `reached`. It is -1 where no way leads.
    """
    each, count, rounds = np.arange(len(free)), 0, 1
    seen = np.zeros_like(free)
    seen[each, y, x] = free[each, y, x]
    since = seen.astype(np.int16)  # in how many rounds a cell has been reached
    while count < (count := int(np.count_nonzero(seen))):
        seen = around(seen)
        seen &= free
        since += seen
        rounds += 1
    return np.where(seen, rounds - since, -1).astype(np.int64)


def around(cells: Walls) -> Walls:
    """Return these cells [n, height, width] and those beside them.

    None of them lies in the border.
    """
    grown = cells.copy()
    # All layouts as one long row, many times as fast as rows of a few cells. Nothing
    # passes from one row to the next: between them lies the border.
    old, new = cells.ravel(), grown.ravel()
    for step in (1, cells.shape[2]):
        new[step:] |= old[:-step]
        new[:-step] |= old[step:]
    return grown


MAKERS: dict[str, Maker] = {
    "blocks": blocks,
    "dense": dense,
    "edge": edge,
    "open": open_,
    "rooms": rooms,
    "tree": tree,
}
