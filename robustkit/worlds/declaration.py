"""What a world declares: things, objectives, memory, where things lie, and rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from .. import arguments
from ..mdp import Floats, Ints, along
from . import changed
from .layouts import MAKERS, Bools, Maker, Terrain, Walls
from .levels import Levels, Thing, check_things
from .spots import Spots, none_in_the_way, open_to, scatter

On = Mapping[str, Bools]  # thing or area to where the agent walks onto it
Had = Mapping[str, Any]  # what has happened: name to number, or to truth value
Effects = tuple[dict[str, Bools], Bools, dict[str, Any]]  # events, ended, what is new


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What a world says of itself; `World` is all that follows from it.

    It names its things, objectives (the base objective first) and memory, and says
    where things lie (`lay`) and what walking onto them does (`rules`). Data are class
    attributes, or properties where options change them. `training` names settings of
    recipes that this world needs otherwise than they are, with the reason beside it.

    size: height and width with the border, odd, from 5 to 41.
    maker, unfamiliar: makers of the training layouts and of those outside them.
    layouts: number of training layouts; None for a new one in every level.
    discount: per step, in (0, 1).
    Raises ValueError for an option out of range.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    source: ClassVar[str]
    mission: ClassVar[str]
    makers: ClassVar[dict[str, Maker]] = MAKERS
    by_rule: ClassVar[bool] = False  # the grade of the goal changes what things do
    anywhere: ClassVar[str] = "last"  # of the goal shift, see `Shift`
    moved: ClassVar[str] = ""  # the spot that a goal shift moves farther by its grades
    until_all_used: ClassVar[bool] = False  # an episode ends when all things are used
    training: ClassVar[dict[str, dict[str, Any]]] = {}

    size: int = 9
    maker: str = "blocks"
    unfamiliar: str = "tree"
    layouts: int | None = 64
    discount: float = 0.95

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        declared = cls.__dict__.get("things")
        if isinstance(declared, tuple):  # a property is checked when a world is made
            check_things(cls.__name__, declared, "lava" in _declared_events(cls))

    def __post_init__(self) -> None:
        self._keep(
            size=arguments.whole("size", self.size, 5, 41, odd=True),
            maker=arguments.one_of("maker", self.maker, self.makers),
            unfamiliar=arguments.one_of("unfamiliar", self.unfamiliar, self.makers),
            discount=arguments.number("discount", self.discount, 0.5, 0.999),
        )
        if self.layouts is not None:
            self._keep(layouts=arguments.whole("layouts", self.layouts, 1, 100_000))

    def _keep(self, **clean: Any) -> None:
        """Keep options as they came out of their check: plain numbers and words."""
        for name, value in clean.items():
            object.__setattr__(self, name, value)

    # Data

    @property
    def things(self) -> tuple[Thing, ...]:
        """What lies in its levels; of two in one cell the first lies on top."""
        raise NotImplementedError

    @property
    def objectives(self) -> dict[str, dict[str, float]]:
        """Name to what it pays for each event; the base objective is the first."""
        raise NotImplementedError

    @property
    def goal_grades(self) -> tuple[str, ...]:
        """What levels are like in training and, grade by grade, at a goal shift.

        Base and proxies come apart at all but the first. () for no such shift.
        """
        raise NotImplementedError

    @property
    def place_grades(self) -> tuple[str, ...]:
        """Where base and proxies lie together in training, and after a place shift.

        () where training has no one place for them.
        """
        return ()

    @property
    def home(self) -> Any:
        """The world that agents are trained in: itself, but for `with_old_place`."""
        return self

    @property
    def old_place(self) -> tuple[str, int] | None:
        """Name and cell of where the proxy thing lies in training, if always there.

        With a place shift and a goal shift at once it is an objective of its own.
        """
        return None

    @property
    def memory(self) -> dict[str, int]:
        """What an episode remembers: name to number of values; 0 at the beginning.

        A thing named here is gone once it has been used.
        """
        return {}

    @cached_property
    def events(self) -> tuple[str, ...]:
        """What can happen on a move; by default what the objectives pay for."""
        pays = self.objectives.values()
        return tuple(dict.fromkeys(event for each in pays for event in each))

    @property
    def spots(self) -> tuple[str, ...]:
        """Names of the cells to draw in each level, one after another, for `lay`."""
        return tuple(thing.name for thing in self.things)

    @property
    def areas(self) -> dict[str, Walls]:
        """Name to cells [height, width] that rules ask about as they do of things."""
        return {}

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of a level, with the border."""
        return self.size, self.size

    @property
    def outcomes(self) -> int:
        """Number of ways in which the world's own turn can go; 1 where it has none."""
        return 1

    # Where things lie

    def scatter(self, terrain: Terrain, rng: np.random.Generator) -> Spots:
        """Return start and `spots`, [levels] each; -1 in a layout without room."""
        return scatter(terrain, rng, self.spots, self.fine)

    def fine(self, terrain: Terrain, spots: Spots) -> Bools:
        """Return [levels], whether spots will do; others are drawn if not."""
        return none_in_the_way(terrain, spots)

    def candidates(self, terrain: Terrain, spots: Spots) -> Walls:
        """Return cells [levels, height, width] to which a goal shift may move `moved`.

        A cell where `spots` would not be `fine` is none.
        """
        return open_to(terrain, spots, self.moved)

    def how_far(self, terrain: Terrain, spots: Spots) -> Ints:
        """Return how far `moved` would be moved on each cell, in steps.

        [levels, height, width]; a goal shift goes through the `candidates` in this
        order. Raises ValueError for a world that moves nothing ever farther.
        """
        raise ValueError(self._moves_nothing)

    def margin(self, levels: Levels) -> Ints:
        """Return how far `moved` lies from where it would lie in training, [levels].

        In steps, as `how_far` counts them, which says what is raised.
        """
        raise ValueError(self._moves_nothing)

    @property
    def _moves_nothing(self) -> str:
        return (
            f"world={self!r} moves nothing ever farther; allowed: one whose goal shift "
            "is a matter of steps."
        )

    def vary(
        self, kind: str, terrain: Terrain, spots: Spots, rng: np.random.Generator
    ) -> tuple[Terrain, Spots, Bools]:
        """Return known layouts changed a little, spots in them, and where it was done.

        kind: of `layout_grades`, which says how. Where it was done, [levels], is False
        if a layout or the things in it do not allow for it.
        """
        return changed.walls(self.fine, kind, terrain, spots, rng)

    def lay(self, spots: Spots, grade: int) -> dict[str, Ints | None]:
        """Return where things lie: name to cell [levels], None for nowhere.

        spots: of `scatter`, the same at all grades but for `moved`. grade: index into
        `goal_grades`.
        """
        raise NotImplementedError

    # What happens

    def rules(self, on: On, had: Had) -> Effects:
        """Return (event to where it happens, where the episode ends, what is new).

        on: thing or area to where the agent has just walked onto it. had: what has
        happened before, by the names of `memory`; what is new has these names too. All
        are arrays that broadcast to [levels, ...]. Lava needs no rule.
        """
        raise NotImplementedError

    def stands(self, levels: Levels, had: Had) -> dict[str, Ints]:
        """Return name to the cell in which a thing stands once this has happened."""
        return {
            name: np.where(had[name], -1, along(cell, had[name]))
            if name in had
            else cell
            for name, cell in levels.things.items()
        }

    def chance(self, levels: Levels, cell: Ints, had: Had) -> Floats:
        """Return the probability of each outcome of the turn, [levels, ..., outcomes].

        cell, had: where the agent's move led and what has happened, that included.
        """
        raise NotImplementedError

    def nature(self, levels: Levels, cell: Ints, had: Had, outcome: Ints) -> Effects:
        """Return what the world's own turn does after a move, as `rules` does."""
        raise NotImplementedError


def _declared_events(kind: type[Declaration]) -> set[str]:
    """Return the events that a class names, as far as no option decides on them."""
    events: Any = kind.events
    pays: Any = kind.objectives
    named = {*events} if isinstance(events, tuple) else set()
    return named.union(*pays.values()) if isinstance(pays, dict) else named
