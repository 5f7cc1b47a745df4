"""What every world is: levels, moves and exact tables, from what it declares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from .. import arguments
from ..mdp import Floats, Ints, Tables, mixture
from . import describe, sampling, tabulate
from .declaration import Declaration, Had
from .layouts import Terrain
from .levels import Levels, Thing, by_hand, check_things
from .tabulate import Move

LARGEST = 100_000  # states of a level that can be listed
LARGEST_WITH_CHANCE = 5_000  # for which plans take longer


@dataclass(frozen=True, kw_only=True)
class World(Declaration):
    """A grid world: things, rules, objectives and a distribution of levels.

    A subclass declares it (see `Declaration`), one small file each in `zoo/`.
    """

    def check(self) -> None:
        """Raise ValueError for things alike, or where a stratum can have no level."""
        check_things(self.name, self.things)
        self.strata(1)

    # What follows from it

    @property
    def base(self) -> str:
        """Name of the base objective, the only one that training sees."""
        return next(iter(self.objectives))

    @cached_property
    def pays(self) -> Floats:
        """[objectives, events], what each objective pays for each event."""
        each = self.objectives.values()
        return np.array([[w.get(e, 0.0) for e in self.events] for w in each], float)

    @property
    def options(self) -> dict[str, Any]:
        """The options this world was made with."""
        return asdict(self)

    @cached_property
    def features(self) -> tuple[str, ...]:
        """What an agent can see beside walls, in the order of `Levels.planes`."""
        seen = dict.fromkeys(word for thing in self.things for word in thing.features)
        return ("lava", *seen) if "lava" in self.events else tuple(seen)

    @cached_property
    def appearances(self) -> tuple[Thing, ...]:
        """One thing for each look that things have, of those that can be seen."""
        first: dict[tuple[str, ...], Thing] = {}
        for thing in self.things:
            first.setdefault(thing.features, thing)
        return tuple(thing for features, thing in first.items() if features)

    @cached_property
    def flags(self) -> int:
        """Number of settings of the memory."""
        return int(np.prod([1, *self.memory.values()]))

    @property
    def blocks(self) -> int:
        """Number of blocks of states that are never gone back to; see `Tables`."""
        return self.flags

    @property
    def states(self) -> int:
        """Number of states of a level, the end included."""
        height, width = self.shape
        return height * width * self.flags + 1

    @property
    def most_states(self) -> int:
        """Number of states up to which they can all be listed."""
        return LARGEST if self.outcomes == 1 else LARGEST_WITH_CHANCE

    @property
    def listed(self) -> bool:
        """Whether its states are few enough to list them all, as tables do."""
        return self.states <= self.most_states

    def mixture(self, weights: dict[str, float] | str) -> Floats:
        """Return weights over the objectives as an array; "base" is the base one."""
        return mixture(list(self.objectives), weights)

    def recall(self, levels: Levels, flag: Ints) -> dict[str, Any]:
        """Return what has happened, by the names of `memory`, from flags."""
        return tabulate.recall(self.memory, flag)

    def note(self, levels: Levels, had: Had) -> Ints:
        """Return the flags from which `recall` reads what has happened."""
        return tabulate.note(self.memory, had)

    def visible(self, levels: Levels, flag: Ints | int) -> dict[str, Ints]:
        """Return name to the cell of each thing as it stands under `flag`.

        flag: one for all levels, or [levels, ...]; cells are [levels] or like it.
        """
        each = np.full(len(levels), flag) if np.ndim(flag) == 0 else np.asarray(flag)
        stands = tabulate.standing(self, levels, self.recall(levels, each), each)
        return {name: np.broadcast_to(at, each.shape) for name, at in stands.items()}

    # Levels

    def parted(self, level: Levels) -> bool:
        """Return whether base and proxies come apart in a level laid by hand.

        Raises ValueError for things that this world cannot have together.
        """
        return self.listed and bool((self.told_apart(level) > 0).any())

    @cached_property
    def training_layouts(self) -> Terrain:
        """[layouts, height, width], the layouts that training knows."""
        if self.layouts is None:
            raise ValueError("layouts=None: this world has no finite set of layouts.")
        rng = np.random.default_rng([2025, self.size, self.layouts])
        return sampling.make_layouts(self, self.maker, self.layouts, rng)

    def strata(self, n: int, seed: int = 0) -> list[Levels]:
        """Return four strata (`STRATUM_NAMES`), n levels each; level i is i in all."""
        n, seed = arguments.whole("n", n, 1), arguments.seed("seed", seed)
        return sampling.strata(self, n, seed)

    def sample(
        self, n: int, goal: float = 0.0, layout: float = 0.0, seed: int = 0
    ) -> Levels:
        """Return n levels at a shift.

        goal: share of levels in which base and proxies come apart, in [0, 1].
        layout: share of levels with an unfamiliar layout, in [0, 1].
        With one seed a larger shift only moves levels from one stratum to another.
        Raises ValueError for a number out of range.
        """
        goal = arguments.fraction("goal", goal)
        layout = arguments.fraction("layout", layout)
        n, seed = arguments.whole("n", n, 1), arguments.seed("seed", seed)
        return sampling.sample(self, n, goal, layout, seed)

    def thresholds(self, n: int, seed: int) -> Floats:
        """Return [levels, 2], the shifts (goal, layout) from which level i changes."""
        return sampling.thresholds(n, seed)

    def level(
        self,
        rows: Sequence[str],
        start: tuple[int, int],
        things: dict[str, tuple[int, int]],
        goal_shifted: bool | None = None,
    ) -> Levels:
        """Return one level laid by hand, a batch of one.

        rows: a text for each row, "#" for wall, "." for floor, "~" for lava, with a
        border of wall. start: (row, column); things: name to (row, column); those that
        are not named are not there. goal_shifted: whether base and proxies come apart
        in it; found out unless given, as is whether training knows its layout.
        Raises ValueError for rows of another shape or signs, for a start or a thing
        that is unknown or lies in a wall or outside, and for things that this world
        cannot have together.
        """
        return by_hand(self, rows, start, things, goal_shifted)

    # Moves and tables

    def step(self, levels: Levels, cell: Ints, flag: Ints, action: Ints) -> Move:
        """Return what a move does from every given state, before the world's turn.

        cell, flag, action: arrays that broadcast to [levels, ...].
        """
        return tabulate.step(self, levels, cell, flag, action)

    def outcome_chances(self, levels: Levels, cell: Ints, flag: Ints) -> Floats:
        """Return the probability of each outcome after moves that led to these states.

        cell, flag: [levels, ...]. Returns [levels, ..., outcomes].
        """
        return self.chance(levels, cell, self.recall(levels, flag))

    def settle(self, levels: Levels, move: Move, outcome: Ints) -> Move:
        """Return a move after the world's turn, if it has one.

        outcome: how the turn goes; all arrays broadcast to [levels, ...].
        """
        return tabulate.settle(self, levels, move, outcome)

    def tabulate(self, levels: Levels, scaled: bool = True) -> Tables:
        """Return the exact MDPs of levels of this world (see `Levels.tables`).

        scaled: False leaves the scale of all objectives at 1, which saves finding it.
        Raises ValueError where a level has too many states to list them all.
        """
        if not self.listed:
            raise ValueError(
                f"{self!r} has {self.states:,} states a level, too many to list; "
                f"allowed: at most {self.most_states:,}. Measure it by sampling, or "
                "make it with fewer things or a smaller size."
            )
        unit = np.ones(len(self.objectives))
        return tabulate.tabulate(self, levels, self.scale if scaled else unit)

    # What it comes to

    @cached_property
    def scale(self) -> Floats:
        """[objectives], mean room between random and optimal, fixed for this world.

        Mean over the four strata with equal weight, so it does not move with a slider.
        """
        return describe.scale(self)

    def told_apart(self, levels: Levels) -> Floats:
        """Return [proxies], the share of levels in which a proxy planner does worse.

        That is, in which optimal pursuit of the proxy earns less than 99 % of the most
        that the base objective pays.
        """
        return describe.told_apart(self, levels)

    def unreached(self, level: Levels) -> list[str]:
        """Return in words what cannot be reached or won in a level, a batch of one."""
        return describe.unreached(self, level)

    def describe(self) -> str:
        """Return in a few lines what this world is and what the shifts do."""
        return describe.describe(self)
