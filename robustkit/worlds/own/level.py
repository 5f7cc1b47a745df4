"""One level of a user's environment: its exact tables, and what it looks like."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...arguments import brief
from ...mdp import Ints, Tables

if TYPE_CHECKING:
    from .memory import Moment
    from .stepping import Stepper
    from .walk import Walk

TILE = 24  # pixels of a cell in a picture


@dataclass(frozen=True, eq=False)
class OwnLevel:
    """An environment after a reset, and all that was found in it.

    seed: of the reset.
    """

    stepper: Stepper
    seed: int
    found: Walk

    @cached_property
    def start(self) -> Moment:
        """The first moment, to which it can be brought again."""
        with self.stepper.begun(self.seed) as (start, _):
            return start

    def __getstate__(self) -> dict[str, Any]:
        """Return what pickle takes: a moment is of objects that only live here."""
        return {name: value for name, value in vars(self).items() if name != "start"}

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the grid."""
        return int(self.stepper.game.height), int(self.stepper.game.width)

    @property
    def space(self) -> Any:
        """What the outermost environment shows, as a space of Gymnasium."""
        return self.stepper.space

    def seen(self, states: Ints) -> list[Any]:
        """Return what the outermost environment shows in each of some states."""
        return [self.found.shown[k] for k in self.found.shows[states]]

    @cached_property
    def things(self) -> list[tuple[str, int]]:
        """What lies in it at the beginning, and in which cell."""
        with self.stepper.back_at(self.start):
            return self.stepper.things()

    @cached_property
    def ground(self) -> str:
        """A digit a cell, 0 for floor, 1 for wall, 2 for lava."""
        with self.stepper.back_at(self.start):
            return self.stepper.ground()

    def frames(self, moves: Sequence[int], tile: int = 32) -> list[NDArray[np.uint8]]:
        """Return pictures [height, width, 3] before and after each of some moves."""
        stepper = self.stepper
        with stepper.back_at(self.start):
            made = [stepper.picture(tile)]
            for move in moves:
                stepper.play(stepper.moves[move])
                made.append(stepper.picture(tile))
        return made

    @cached_property
    def still(self) -> NDArray[np.uint8]:
        """The picture [height, width, 3] of the beginning, without the agent."""
        with self.stepper.back_at(self.start):
            return self.stepper.still(TILE)


@dataclass(frozen=True, eq=False)
class OwnTables(Tables):
    """The exact tables of one level of your own environment.

    level: where they are from. name: what the environment is called.
    """

    level: OwnLevel = field(kw_only=True)
    name: str = field(kw_only=True)

    def __repr__(self) -> str:
        _, states, moves = self.shape
        return f"OwnTables({self.name!r}, states={states}, moves={moves})"

    def __copy__(self) -> OwnTables:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> OwnTables:
        """Return the same: nothing in it changes, and not all environments copy."""
        return self

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Return what pickle asks for; raise TypeError where it cannot have that."""
        try:
            pickle.dumps(self.level, protocol)
        except Exception as problem:  # an environment of anybody's may raise any
            roots = self.level.stepper.roots
            whose = next((n for n, r in roots.items() if not takes(r, protocol)), "env")
            raise TypeError(
                f"tables={self!r} cannot be pickled, because their {whose} cannot be: "
                f"{brief(str(problem))}. Allowed: an environment and events that "
                "pickle takes, so ones without lambdas and the like; or "
                "robustkit.tabulate(env) once more, wherever the tables are needed."
            ) from problem
        return super().__reduce_ex__(protocol)


def takes(thing: Any, protocol: Any) -> bool:
    """Return whether pickle takes a thing."""
    try:
        pickle.dumps(thing, protocol)
    except Exception:  # of anybody's
        return False
    return True


def padded(tables: Tables, states: int) -> list[NDArray[Any]]:
    """Return next_state, events and rewards with so many states, the end the last.

    In a state that is added nothing can ever happen.
    """
    levels, had, moves = tables.next_state.shape
    next_state = np.empty((levels, states, moves), np.int32)
    next_state[:] = np.arange(states)[:, None]
    follow = tables.next_state[:, :-1]
    next_state[:, : had - 1] = np.where(follow == had - 1, states - 1, follow)

    def wider(table: NDArray[Any]) -> NDArray[Any]:
        wide = np.zeros((levels, states, *table.shape[2:]), table.dtype)
        wide[:, : had - 1] = table[:, :-1]
        return wide

    return [next_state, wider(tables.events), wider(tables.rewards)]
