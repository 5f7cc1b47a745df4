"""Shifts: lines of distributions that start at training, and how far along one is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import arguments
from ..arguments import quote
from ..mdp import Floats, Ints
from .old_place import with_old_place

if TYPE_CHECKING:
    from .levels import Levels
    from .world import World

SHIFTS = ("goal", "layout", "place")
ANYWHERE = "anywhere"
Where = float | str  # how far along a shift: in [0, 1], or "anywhere"


@dataclass(frozen=True)
class Shift:
    """A line of distributions that starts at training.

    grades: what levels are like at each, in words; the first is training. Between two
    grades lies a mixture of the two: s in [0, 1] is grade s * `last`.
    anywhere: what is meant by that word, "mixture" of all grades beyond training in
    equal shares or "last" of them; "" where it means nothing.
    """

    grades: tuple[str, ...]
    anywhere: str = ""

    @property
    def last(self) -> int:
        """The grade that is farthest from training."""
        return len(self.grades) - 1

    def between(self, s: float) -> tuple[int, float]:
        """Return the grade below s in [0, 1] and the share of the next one."""
        far = round(s * self.last, 9)  # so that k / K is grade k
        below = min(int(far), self.last - 1)
        return below, far - below

    def grade(self, where: Where, chance: Floats) -> Ints:
        """Return the grade of each level, [levels].

        chance: [levels], in [0, 1), a number that each level keeps, so that going
        farther only moves a level on.
        """
        if where != ANYWHERE:
            below, share = self.between(float(where))
            return below + (chance < share).astype(int)
        if self.anywhere == "mixture":
            return 1 + (chance * self.last).astype(int)
        return np.full(len(chance), self.last)

    def shares(self, where: Where) -> Floats:
        """Return the share of levels that each grade has, [grades]."""
        share = np.zeros(len(self.grades))
        if where != ANYWHERE:
            below, part = self.between(float(where))
            share[below : below + 2] = 1 - part, part
        elif self.anywhere == "mixture":
            share[1:] = 1 / self.last
        else:
            share[-1] = 1
        return share


def all_shifts(world: World) -> dict[str, Shift]:
    """Name to each shift that a world has: goal, layout, place."""
    every = {
        "goal": Shift(world.goal_grades, world.anywhere),
        "layout": Shift(tuple(world.layout_grades.values())),
        "place": Shift(world.place_grades),
    }
    return {name: shift for name, shift in every.items() if shift.last > 0}


@dataclass(frozen=True, eq=False)
class Grid:
    """The distributions between whose grades the sliders of a world go.

    nodes: (goal, layout, place), a grade of each shift: all pairs of goal and layout,
    goal by goal, and then what a place shift adds. With `both`, of goal and place at
    once instead, and in the levels the old place is an objective of its own.
    """

    world: World
    both: bool = False

    @cached_property
    def nodes(self) -> list[tuple[int, int, int]]:
        """Grades of goal, layout and place at each node."""
        goals, layouts, places = (range(last + 1) for last in self._last)
        if self.both:
            return [(goal, 0, place) for goal in goals for place in places]
        every = [(goal, layout, 0) for goal in goals for layout in layouts]
        return every + [(0, 0, place) for place in places[1:]]

    @property
    def _last(self) -> list[int]:
        shifts = self.world.shifts
        return [shifts[name].last if name in shifts else 0 for name in SHIFTS]

    def weights(
        self,
        goal: Where = 0.0,
        layout: Where = 0.0,
        place: Where = 0.0,
        share: float = 1.0,
    ) -> Floats:
        """Return the share [nodes] that each node has of the levels at a shift.

        As `World.sample` mixes them, which says what is raised.
        """
        given = check_shifts(self.world, goal, layout, place)
        if self.both != needs_both(given):
            raise ValueError(
                f"goal={quote(goal)} with place={quote(place)} is of the "
                f"{'plain' if self.both else 'other'} grid; allowed: `Grid.both`."
            )
        share = arguments.fraction("share", share)
        has = self.world.shifts
        each = [
            has[name].shares(where) if name in has else np.ones(1)
            for name, where in given.items()
        ]
        weight = np.array(
            [each[0][g] * each[1][k] * each[2][p] for g, k, p in self.nodes]
        )
        weight *= share
        weight[0] += 1 - share
        return weight

    def levels(self, n: int, seed: int, needed: Iterable[bool]) -> list[Levels | None]:
        """Return n levels of each node that is needed, level i the same i in all."""
        needed = list(needed)
        wanted = [node for node, asked in zip(self.nodes, needed, strict=True) if asked]
        drawn = self.world.drawn(n, seed, wanted)
        if self.both:
            world = with_old_place(self.world)
            drawn = [replace(levels, world=world) for levels in drawn]
        found = iter(drawn)
        return [next(found) if asked else None for asked in needed]


def fifths(said: str, how: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each fifth of the cells in some order.

    said: with "{}" for how far that fifth is, of which `how` has five.
    """
    nth = "1st", "2nd", "3rd", "4th", "last"
    each = zip(how, nth, strict=True)
    return tuple(f"{said.format(far)} ({one} fifth)" for far, one in each)


def anywhere(world: World) -> Where:
    """Return how far the goal is shifted unless told: anywhere, where it can be."""
    return ANYWHERE if "goal" in world.shifts else 0.0


def check_where(world: World, name: str, where: Any) -> Where:
    """Return how far along the shift `name` of a world, as it is used.

    Raises ValueError for what is neither a number from 0 to 1 nor, where the shift
    knows the word, "anywhere"; and for a shift that the world does not have.
    """
    shift = world.shifts.get(name)
    if isinstance(where, str):
        if shift is not None and shift.anywhere and where == ANYWHERE:
            return where
        word = f' or "{ANYWHERE}"' if shift is not None and shift.anywhere else ""
        allowed = f"a number from 0 to 1{word}" if shift is not None else "0"
        raise arguments.refusal(name, where, allowed)
    number = arguments.fraction(name, where)
    if shift is None and number > 0:
        has = " and ".join(f"a {kind} shift" for kind in world.shifts) or "no shift"
        raise ValueError(
            f"{name}={number:g} is not possible: {world!r} has no {name} shift; "
            f"allowed: 0. It has {has}."
        )
    return number


def needs_both(given: Mapping[str, Where]) -> bool:
    """Return whether goal and place are shifted at once."""
    return given.get("goal", 0) != 0 and given.get("place", 0) != 0


def check_shifts(world: World, goal: Any, layout: Any, place: Any) -> dict[str, Any]:
    """Return how far along each shift, as it is used, by its name.

    Raises ValueError as `check_where` does, and for a place shift beside one of layout.
    """
    given = dict(zip(SHIFTS, (goal, layout, place), strict=True))
    given = {name: check_where(world, name, where) for name, where in given.items()}
    if given["place"] != 0 and given["layout"] != 0:
        raise ValueError(
            f"place={place:g} is not possible with layout={layout:g}; allowed: 0 for "
            "one of them."
        )
    return given
