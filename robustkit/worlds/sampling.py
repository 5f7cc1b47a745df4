"""Levels drawn at a shift: layouts of a grade, and where things lie in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from .. import arguments
from ..mdp import Floats, Ints
from .laying import laid_out
from .layouts import FREE, Bools, Terrain, reached
from .levels import Levels, concatenate
from .old_place import with_old_place
from .shifts import ANYWHERE, SHIFTS, Where, check_shifts, needs_both
from .spots import Spots, random_cell, without

if TYPE_CHECKING:
    from .world import World

# A stream of random numbers for each purpose, so that no level depends on what else is
# asked for; those of layouts are in `laying`.
CHANCES, PLACE_CHANCES = 4, 6  # when a level goes on along goal and layout; along place
ELSEWHERE = 5  # the cell of a place shift
SHARE = 7  # whether a level is shifted at all
FAR, TIES = 8, 9  # which cell of its fifth a thing takes; the order of equally far ones
# Grades of goal (one for each level, or one for all), of layout and of place
Grades = tuple[Ints | int, int, int]


def strata(world: World, n: int, seed: int = 0) -> list[Levels]:
    """Return four strata (`STRATUM_NAMES`), n levels each; level i is i in all.

    Training or anywhere, on layouts of the first or of the last grade.
    """
    n, seed = arguments.whole("n", n, 1), arguments.seed("seed", seed)
    parted = at(world, "goal", ANYWHERE, n, seed) if "goal" in world.shifts else 0
    last = world.shifts["layout"].last
    wanted: list[Grades] = [(g, k, 0) for k in (0, last) for g in (0, parted)]
    return drawn(world, n, seed, wanted)


def sample(
    world: World,
    n: int,
    goal: Where = 0.0,
    layout: Where = 0.0,
    *,
    place: Where = 0.0,
    share: float = 1.0,
    seed: int = 0,
) -> Levels:
    """Return n levels at a shift.

    goal, layout, place: how far along each shift, in [0, 1], where 0 is training and 1
    the last grade that `world.shifts` names; between two grades lies a mixture of them.
    goal="anywhere" is what published cases test on, see `Shift`. place goes with a
    familiar layout; with a goal shift beside it, the place where the proxy thing lay in
    training is an objective of its own (`World.old_place`). share: how many of the
    levels are shifted at all; the others are as in training. With the same seed, level
    i is the same level at every shift, and a larger shift only moves it on from grade
    to grade.
    Raises ValueError for a number out of range, a shift that the world does not have,
    or a layout without room for the things at a grade.
    """
    given = check_shifts(world, goal, layout, place)
    share = arguments.fraction("share", share)
    n, seed = arguments.whole("n", n, 1), arguments.seed("seed", seed)
    shifted = np.random.default_rng([seed, SHARE]).random(n) < share
    goes, layouts, places = (at(world, *x, n, seed) * shifted for x in given.items())
    most = places.max() + 1
    kinds, kind = np.unique(layouts * most + places, return_inverse=True)
    wanted = [(goes * (kind == i), *divmod(k, most)) for i, k in enumerate(kinds)]
    each = drawn(world, n, seed, wanted)
    levels = each[0]
    if len(each) > 1:
        levels = concatenate(each)[kind * n + np.arange(n)]
    return replace(levels, world=with_old_place(world)) if needs_both(given) else levels


def thresholds(n: int, seed: int) -> Floats:
    """Return [levels, 3], each level's own numbers in [0, 1) for goal, layout, place.

    A level goes on to the next grade as soon as the share of that grade is larger.
    """
    two = np.random.default_rng([seed, CHANCES]).random((n, 2))
    return np.c_[two, np.random.default_rng([seed, PLACE_CHANCES]).random(n)]


def at(world: World, name: str, where: Where, n: int, seed: int) -> Ints:
    """Return the grade [levels] of each of n levels so far along a shift."""
    chance = thresholds(n, seed)[:, SHIFTS.index(name)]
    shift = world.shifts.get(name)
    return np.zeros(n, int) if shift is None else shift.grade(where, chance)


def drawn(world: World, n: int, seed: int, wanted: Sequence[Grades]) -> list[Levels]:
    """Return n levels for each of several grades (goal, layout, place)."""
    moves: dict[tuple[int, int], Bools] = {}  # by kind, which levels a goal shift moves
    for goal, layout, place in wanted:
        before = moves.get((layout, place), False)
        moves[layout, place] = before | (np.broadcast_to(goal, n) > 0)
    ready = {
        (layout, place): _furnished(world, n, seed, layout, place, which)
        for (layout, place), which in moves.items()
    }
    return [ready[layout, place].levels(goal) for goal, layout, place in wanted]


@dataclass(frozen=True, eq=False)
class Furnished:
    """Layouts of one grade, and the spots in them on which start and things may lie.

    moves: [levels], which of them a goal shift moves.
    """

    world: World
    terrain: Terrain
    spots: Spots
    seed: int
    layout: int
    place: int
    moves: Bools

    @cached_property
    def _in_order(self) -> tuple[Ints, Ints]:
        """The cells where a goal shift can lay what it moves, and how many these are.

        [levels that it moves, cells], nearest first and ties at random, behind them the
        cells where nothing can lie; and [levels that it moves].
        """
        terrain = self.terrain[self.moves]
        spots = {name: cell[self.moves] for name, cell in self.spots.items()}
        can = _candidates(self.world, terrain, spots)
        far = self.world.how_far(terrain, spots).reshape(len(terrain), -1)
        every = len(self.terrain), far.shape[1]
        ties = np.random.default_rng([self.seed, TIES]).random(every)[self.moves]
        order = np.where(can, far + ties, np.inf).argsort(1)
        return order, can.sum(1)

    def _moved(self, goal: Ints) -> Ints:
        """Return [levels], the cell of that thing at these grades, 1 and more.

        Grade k of K takes rank ⌊m (k - 1 + v) / K⌋ of the m cells, v uniform and kept
        by the level: in an equal mixture of the grades every cell is as likely, and no
        cell is nearer at a higher grade.
        """
        cells, count = self._in_order
        if not count.all():
            raise ValueError(
                f"goal: a level of {self.world!r} has no cell left in which "
                f"{self.world.moved!r} could lie; allowed: 0, or a larger size."
            )
        v = np.random.default_rng([self.seed, FAR]).random(len(goal))
        share = ((goal - 1 + v) / self.world.shifts["goal"].last)[self.moves]
        rank = np.clip((count * share).astype(int), 0, count - 1)
        moved = np.full(len(goal), -1)
        moved[self.moves] = cells[np.arange(len(count)), rank]
        return moved

    def levels(self, goal: Ints | int) -> Levels:
        """Return the levels at a grade of the goal shift, one for each or for all."""
        n, world = len(self.terrain), self.world
        goal = np.broadcast_to(goal, n)
        spots = self.spots
        if world.moved and goal.any():
            spots = spots | {world.moved: self._moved(goal)}
        things = {thing.name: np.full(n, -1) for thing in world.things}
        for grade in np.unique(goal):
            for name, cell in world.lay(spots, int(grade)).items():
                if cell is not None:
                    things[name] = np.where(goal == grade, cell, things[name])
        layout, place = np.full(n, self.layout), np.full(n, self.place)
        grades = dict(zip(SHIFTS, (goal.copy(), layout, place), strict=True))
        return Levels(world, self.terrain, spots["start"], things, grades)


def _furnished(
    world: World, n: int, seed: int, layout: int, place: int, moves: Bools
) -> Furnished:
    """Return n layouts of a grade and the spots in them."""
    terrain, spots = laid_out(world, n, seed, list(world.layout_grades)[layout])
    if place:
        rng = np.random.default_rng([seed, ELSEWHERE])
        spots = _elsewhere(world, terrain, spots, rng)
    return Furnished(world, terrain, spots, seed, layout, place, moves)


def _candidates(world: World, terrain: Terrain, spots: Spots) -> Bools:
    """Return the cells [levels, cells] to which a goal shift can move its thing.

    The old place of the proxy thing is none once that lies elsewhere.
    """
    can = world.candidates(terrain, spots).reshape(len(terrain), -1)
    if world.old_place is not None:
        can[:, world.old_place[1]] = False
    return can


def _elsewhere(
    world: World, terrain: Terrain, spots: Spots, rng: np.random.Generator
) -> Spots:
    """Return spots in which what lies with the base thing in training lies elsewhere.

    In one other cell that can be reached and leaves a goal shift another, drawn
    uniformly of them; all else stays.
    """
    home = world.lay(spots, 0)[world.things[0].name]
    assert home is not None  # a place shift is of worlds that have one
    beyond = reached(terrain == FREE, *divmod(spots["start"], world.shape[1]))
    left, new = without(beyond, spots["start"], home), np.full(len(terrain), -1)

    def moved() -> Spots:
        return {name: np.where(c == home, new, c) for name, c in spots.items()}

    todo = np.arange(len(terrain))
    while len(todo):
        new[todo] = random_cell(left[todo], rng)
        laid = {name: cell[todo] for name, cell in moved().items()}
        fine = _candidates(world, terrain[todo], laid).any(1)
        left[todo] = without(left[todo], new[todo])
        todo = todo[~fine & (new[todo] >= 0)]
    return moved()
