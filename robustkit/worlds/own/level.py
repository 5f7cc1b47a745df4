"""One level of somebody's own environment: its exact tables, and what it looks like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ...mdp import Ints, Tables
from ..minigrid import GridEnv
from ..tiles import own_tiles
from .memory import Memory, Moment, put_back
from .stepping import Stepper
from .walk import Walk

if TYPE_CHECKING:
    from .world import OwnWorld

GROUND = {"wall": "1", "lava": "2"}  # as front ends write it; all else is floor, "0"


@dataclass(frozen=True, eq=False)
class OwnLevel:
    """An environment after a reset, and all that was found in it.

    seed: of the reset. start: the first moment, to which it can be brought again.
    """

    stepper: Stepper
    seed: int
    start: Moment
    found: Walk

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the grid."""
        return int(self.stepper.game.height), int(self.stepper.game.width)

    @property
    def space(self) -> spaces.Space[Any]:
        """What the outermost environment shows, as a space."""
        return cast("spaces.Space[Any]", self.stepper.outer.observation_space)

    def seen(self, states: Ints) -> list[Any]:
        """Return what the outermost environment shows in each of some states."""
        return [self.found.shown[k] for k in self.found.shows[states]]

    @contextmanager
    def _begun(self) -> Iterator[None]:
        """Bring the environment to its first moment, and leave it as it was."""
        before = Memory({"env": self.stepper.env}).read(lenient=True)
        try:
            self.stepper.go(self.start)
            yield
        finally:
            put_back(before)

    @cached_property
    def ground(self) -> str:
        """A digit a cell: floor, wall, or lava."""
        with self._begun():
            cells = self.stepper.game.grid.grid
            return "".join(GROUND.get(getattr(x, "type", ""), "0") for x in cells)

    def frames(self, moves: Sequence[int], tile: int = 32) -> list[NDArray[np.uint8]]:
        """Return pictures [height, width, 3] before and after each of some moves."""
        stepper = self.stepper
        with self._begun():
            made = [stepper.picture(tile)]
            for move in moves:
                stepper.play(stepper.moves[move])
                made.append(stepper.picture(tile))
        return made

    def still(self, tile: int = 32) -> NDArray[np.uint8]:
        """Return the picture [height, width, 3] of the beginning, without the agent."""
        game = self.stepper.game
        ours = isinstance(game, GridEnv)
        with self._begun(), own_tiles(game.world.name) if ours else nullcontext():
            return np.asarray(game.grid.render(tile, (-1, -1), 0), np.uint8)


@dataclass(frozen=True, eq=False)
class OwnTables(Tables):
    """The exact tables of one level of somebody's own environment.

    level: where they are from. world: a world of this level alone, see `OwnWorld`.
    """

    level: OwnLevel = field(kw_only=True)
    summary: str = field(kw_only=True)

    @cached_property
    def world(self) -> OwnWorld:
        """The world whose only level this is."""
        from .world import OwnWorld

        return OwnWorld(self.summary, ((self,),))
