"""Levels as rows: one for each cell an agent can stand in, and what moves do there.

Most of a grid is walls, and most settings of a memory are never met. So there is a row
for each free cell under each setting that can be reached, and a last one for all else:
walls, and the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..mdp import Floats, Ints
from ..worlds import MOVES, STEP, Levels
from ..worlds.layouts import Bools
from .recipe import random_starts


class Turns(NamedTuple):
    """What branches (see `Tables`) do, [rows, branches] each.

    cell, flag: after it. ended: whether that ends the episode. reward: what the base
    objective pays. chance: the probability of the branch given its action.
    """

    cell: Ints
    flag: Ints
    ended: Bools
    reward: Floats
    chance: Floats


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of a batch of levels.

    A grid is a level under one setting of its flags. solid: whether walls have rows
    too, as the networks of version 0.1 need.
    """

    levels: Levels
    solid: bool = False

    def __len__(self) -> int:
        """Return the number of rows, without the last."""
        return len(self.place)

    @property
    def cells(self) -> int:
        """Number of cells of a level."""
        return int(self.levels.terrain[0].size)

    @cached_property
    def grids(self) -> Ints:
        """[grids, 2], level and flag; those in which episodes begin come first."""
        if self.levels.world.flags > 1:
            return self._explored[0]
        level = np.arange(len(self.levels))
        return np.stack([level, np.zeros_like(level)], 1)

    def _free(self, level: Ints) -> Bools:
        """Return which cells of these levels have a row, [levels, height, width]."""
        free = np.zeros((len(level), *self.levels.world.shape), bool)
        inner = np.s_[:, 1:-1, 1:-1]
        free[inner] = True if self.solid else ~self.levels.walls[level][inner]
        return free

    @cached_property
    def place(self) -> Ints:
        """[rows], the cell of a row as an index into grids × cells."""
        return np.flatnonzero(self._free(self.grids[:, 0]))

    @cached_property
    def row(self) -> NDArray[np.int32]:
        """[grids * cells], the row of a cell."""
        row = np.full(len(self.grids) * self.cells, len(self), np.int32)
        row[self.place] = np.arange(len(self))
        return row

    @cached_property
    def _around(self) -> Ints:
        """[rows, 5], a cell and those beside it as indices into grids × cells."""
        steps = STEP @ [self.levels.world.shape[1], 1]
        return self.place[:, None] + np.array([0, *steps])

    @cached_property
    def neighbours(self) -> NDArray[np.int32]:
        """[rows, 5], the row of a cell and of those right, down, left and up of it."""
        return self.row[self._around]

    def see(self, place: bool) -> NDArray[np.float32]:
        """Return what is shown of a cell and those beside it, [rows, 5 * planes].

        Walls and things as planes of 0 and 1, then, with `place`, row and column from
        -1 to 1.
        """
        level, flag = self.grids.T
        planes = self.levels[level].planes(flag)
        count, _, height, width = planes.shape
        if place:
            down, right = np.linspace(-1, 1, height), np.linspace(-1, 1, width)
            cue = np.stack(np.meshgrid(down, right, indexing="ij"))
            cue = np.broadcast_to(cue, (count, *cue.shape))
            planes = np.concatenate([planes, cue], 1, dtype=np.float32)
        each = np.moveaxis(planes, 1, -1).reshape(count * height * width, -1)
        return each.take(self._around, axis=0).reshape(len(self), -1)

    def starts(self, n: int, rng: np.random.Generator) -> NDArray[np.int32]:
        """Return [levels, n], rows to begin in, uniform over vacant cells."""
        cell = random_starts(self.levels, n, rng)  # first come grids of flag 0
        return self.row[cell + self.cells * np.arange(len(cell))[:, None]]

    @cached_property
    def states(self) -> tuple[Ints, Ints]:
        """[rows] each: the level, and the state in it (see `Tables`)."""
        grid, cell = np.divmod(self.place, self.cells)
        level, flag = self.grids[grid].T
        return level, flag * self.cells + cell

    def spread(self, policy: Floats) -> Floats:
        """Return the probability of each branch, [rows + 1, branches]."""
        outcomes = self.levels.world.outcomes
        if outcomes > 1:
            policy = np.repeat(policy, outcomes, 1) * self.turns.chance
        return np.concatenate([policy, np.eye(1, policy.shape[1])])

    def to_states(self, policy: Floats) -> Floats:
        """Return [levels, states, actions] of a policy [rows, actions].

        It is uniform where there is no row.
        """
        shape = len(self.levels), self.levels.world.states, policy.shape[1]
        states = np.full(shape, 1 / policy.shape[1])
        states[self.states] = policy
        return states

    @property
    def turns(self) -> Turns:
        """What can happen in every row."""
        return self._explored[1]

    @cached_property
    def follow(self) -> NDArray[np.int32]:
        """[rows + 1, branches], the row that a branch leads to."""
        number = np.zeros((len(self.levels), self.levels.world.flags), int)
        number[tuple(self.grids.T)] = np.arange(len(self.grids))
        turns, (level, _) = self.turns, self.states
        grid = number[level[:, None], turns.flag]
        follow = np.full((len(self) + 1, grid.shape[1]), len(self), np.int32)
        onto = self.row[grid * self.cells + turns.cell]
        np.copyto(follow[:-1], onto, where=~turns.ended)
        return follow

    @cached_property
    def _explored(self) -> tuple[Ints, Turns]:
        """The grids that can be reached, and what happens in them."""
        levels, world = self.levels, self.levels.world
        new = np.zeros((len(levels), world.flags), bool)
        new[:, 0] = True
        known, grids, parts = new, [], []
        while new.any():
            level, flag = np.nonzero(new)
            free = self._free(level)
            turns = _turns(levels[level], flag, free)
            grids.append(np.stack([level, flag], 1))
            parts.append(turns)
            new = np.zeros_like(known)
            if world.flags > 1:
                goes_on = ~turns.ended
                which = np.repeat(level, free.sum((1, 2)))[:, None]
                which = np.broadcast_to(which, goes_on.shape)[goes_on]
                new[which, turns.flag[goes_on]] = True
            new &= ~known
            known = known | new
        every = [np.concatenate(part) for part in zip(*parts, strict=True)]
        return np.concatenate(grids), Turns(*every)


def _turns(levels: Levels, flag: Ints, free: Bools) -> Turns:
    """Return what happens in the free cells of levels under flags [levels]."""
    world, (_, height, width) = levels.world, free.shape
    cell = np.arange(height * width).reshape(1, height, width, 1, 1)[:, 1:-1, 1:-1]
    action = np.arange(len(MOVES))[:, None]
    move = world.step(levels, cell, flag.reshape(-1, 1, 1, 1, 1), action)
    chance: Floats = np.ones(move.cell.shape)
    if world.outcomes > 1:
        before = move.cell[..., 0], move.flag[..., 0]
        chance = world.outcome_chances(levels, *before)
        move = world.settle(levels, move, np.arange(world.outcomes))
    pays = world.objectives[world.base].items()
    reward: Any = sum(pay * move.events[event] for event, pay in pays)
    parts = move.cell, move.flag, move.ended, reward, chance
    here = np.flatnonzero(free[:, 1:-1, 1:-1])
    branches = len(MOVES) * world.outcomes
    return Turns(*(p.reshape(-1, branches).take(here, axis=0) for p in parts))
