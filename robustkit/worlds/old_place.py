"""A world in which the old place of the proxy thing is an objective of its own.

Where base and proxy thing have been moved away and then come apart, an agent may be
after neither of them, but after the place where they lay in training. Everywhere else
that place and the proxy thing are one, and no candidate is there twice.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

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
    if world.old_place is None:
        raise ValueError(
            f"world={world!r} has no old place; allowed: one with a place shift."
        )
    return _kind(type(world))(**world.options)  # type: ignore[arg-type]


@cache
def _kind(kind: type[World]) -> type[World]:
    class WithOldPlace(kind):  # type: ignore[misc, valid-type]
        __doc__ = kind.__doc__

        @cached_property
        def home(self) -> World:
            return kind(**self.options)

        @property
        def _name(self) -> str:
            return str(self.old_place[0])

        @cached_property
        def objectives(self) -> dict[str, dict[str, float]]:
            return {**self.home.objectives, self._name: {self._name: 1.0}}

        @cached_property
        def events(self) -> tuple[str, ...]:
            return (*self.home.events, self._name)

        @cached_property
        def memory(self) -> dict[str, int]:
            return {**self.home.memory, self._name: 2}

        @cached_property
        def areas(self) -> dict[str, Walls]:
            there = np.zeros(self.shape, bool)
            there.ravel()[self.old_place[1]] = True
            return {**self.home.areas, self._name: there}

        @cached_property
        def scale(self) -> Floats:
            """As fixed as the others, and the place's is that of its thing."""
            return np.append(self.home.scale, self.home.scale[1])

        def rules(self, on: On, had: Had) -> Effects:
            events, ended, now = super().rules(on, had)
            here, before = on[self._name], had[self._name]
            events = {**events, self._name: here & ~before}
            return events, ended, {**now, self._name: before | here}

        def __repr__(self) -> str:
            return f"{self.home!r} with {self._name}"

    WithOldPlace.__name__ = WithOldPlace.__qualname__ = f"{kind.__name__}WithOldPlace"
    made: type[Any] = WithOldPlace
    return made
