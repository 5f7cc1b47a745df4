"""Where a goal shift may lay the thing that it moves, said once more: cell by cell.

The package looks for these cells in whole batches; here each is tried on its own, in
one level, by walks in plain Python.
"""

from __future__ import annotations

import math
from collections import deque
from functools import cached_property

import numpy as np

from robustkit.worlds.layouts import FREE

# The thing that is moved, and what training has it together with.
MOVED = {
    "cheese": ("cheese", "hole"),
    "dish": ("cheese", "dish"),
    "coin": ("coin", "end"),
    "colour": ("yellow gem", "red line"),
}
GRADES = 5


class Placing:
    """The cells of one level, a batch of one, in which the moved thing can lie."""

    def __init__(self, level) -> None:
        self.world = level.world
        self.free = (level.terrain[0] == FREE).tolist()  # nobody walks through lava
        self.width = len(self.free[0])
        self.start = int(level.start[0])
        thing, other = MOVED[self.world.name]
        self.lies, self.other = (int(level.things[name][0]) for name in (thing, other))

    def walk(self, start: int, around: int | None = None) -> dict[int, int]:
        """Return how many steps lead from a cell to each, none past another cell."""
        steps, todo = {start: 0}, deque([start])
        while todo:
            cell = todo.popleft()
            for ahead in (cell + 1, cell - 1, cell + self.width, cell - self.width):
                y, x = divmod(ahead, self.width)
                if self.free[y][x] and ahead not in steps:
                    steps[ahead] = steps[cell] + 1
                    if ahead != around:
                        todo.append(ahead)
        return steps

    def is_allowed(self, cell: int) -> bool:
        """Return whether the thing can lie in a cell that is in nobody's way."""
        if self.world.name != "cheese":  # neither may be in the other's way
            return self.other in self.walk(self.start, around=cell)
        region = self.world.region
        inside = max(divmod(cell, self.width)) <= region
        return not inside or region in (1, self.world.size - 2)

    @cached_property
    def cells(self) -> list[int]:
        """The cells in which it can lie."""
        reached = set(self.walk(self.start, around=self.other))
        reached -= {self.start, self.other}
        return sorted(cell for cell in reached if self.is_allowed(cell))

    @cached_property
    def far(self) -> dict[int, int]:
        """Cell to the detour by it; in `colour`, how much nearer than the line."""
        ways, on = self.walk(self.start), self.walk(self.other)
        if self.world.name == "colour":
            return {cell: ways[self.other] - ways[cell] for cell in self.cells}
        return {cell: ways[cell] + on[cell] - ways[self.other] for cell in self.cells}

    @property
    def ranks(self) -> range:
        """What rank the thing's cell may have, nearest first, where some are tied."""
        mine, every = self.far[self.lies], self.far.values()
        return range(sum(d < mine for d in every), sum(d <= mine for d in every))

    def cell_at(self, grade: int, v: float, ties: np.ndarray) -> int:
        """Return the cell of a grade; v: of the level, ties: [cells], in [0, 1)."""
        order = sorted(self.cells, key=lambda cell: self.far[cell] + ties[cell])
        return order[int(len(order) * ((grade - 1 + v) / GRADES))]


def window(count: int, grade: int) -> range:
    """Return the ranks that a grade takes: its fifth of so many cells."""
    return range(
        math.floor(count * (grade - 1) / GRADES), math.ceil(count * grade / GRADES)
    )
