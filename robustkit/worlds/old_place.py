"""A world in which the old place of the proxy thing is an objective of its own.

Where base and proxy thing have been moved away and then come apart, an agent may be
after neither of them, but after the place where they lay in training. Everywhere else
that place and the proxy thing are one, and no candidate is there twice.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..mdp import Floats
from .declaration import Effects, Had, On
from .layouts import Walls

if TYPE_CHECKING:
    from .world import World


@cache
def with_old_place(world: World) -> World:
    """Return a world with the same levels, and the old place as a further objective.

    1 for coming there, once; `World.home` is the world without it. Raises ValueError
    for a world whose training has no one place for the proxy thing.
    """
    if world.home != world:
        return world
    if world.old_place is None:
        raise ValueError(
            f"world={world!r} has no old place; allowed: one with a place shift."
        )
    kind = type(world)
    name = f"{kind.__name__}WithOldPlace"
    made: World = type(name, (_WithOldPlace, kind), {"kind": kind})(**world.options)
    return made


class _WithOldPlace:
    """What such a world declares otherwise than its `kind` of world."""

    kind: ClassVar[type[World]]
    options: dict[str, Any]
    old_place: tuple[str, int]
    shape: tuple[int, int]

    @cached_property
    def home(self) -> World:
        """The world without it."""
        return self.kind(**self.options)

    @cached_property
    def objectives(self) -> dict[str, dict[str, float]]:
        """Those that there are, and the place."""
        name, _ = self.old_place
        return {**self.home.objectives, name: {name: 1.0}}

    @cached_property
    def events(self) -> tuple[str, ...]:
        """What can happen, coming to the place included."""
        return (*self.home.events, self.old_place[0])

    @cached_property
    def memory(self) -> dict[str, int]:
        """What is remembered, and at last whether one has been there."""
        return {**self.home.memory, self.old_place[0]: 2}

    @cached_property
    def areas(self) -> dict[str, Walls]:
        """The one cell of the place."""
        name, cell = self.old_place
        there = np.zeros(self.shape, bool)
        there.ravel()[cell] = True
        return {**self.home.areas, name: there}

    @cached_property
    def scale(self) -> Floats:
        """As fixed as the others; the place has that of the thing that lay there."""
        return np.append(self.home.scale, self.home.scale[1])

    def rules(self, on: On, had: Had) -> Effects:
        """Return what a move does; the place pays the first time and ends nothing."""
        events, ended, now = self.home.rules(on, had)
        name, _ = self.old_place
        events = {**events, name: on[name] & ~had[name]}
        return events, ended, {**now, name: had[name] | on[name]}

    def __reduce__(self) -> tuple[Any, ...]:
        return with_old_place, (self.home,)

    def __repr__(self) -> str:
        return f"{self.home!r} with {self.old_place[0]}"
