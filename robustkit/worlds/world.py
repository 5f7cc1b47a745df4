"""What every world is: levels, moves and exact tables, from what it declares."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..mdp import Floats, Ints, mixture
from . import by_hand, changed, describe, sampling, tabulate
from .declaration import Declaration, Had
from .levels import Levels, Thing, check_things
from .shifts import Grid, all_shifts

LARGEST = 100_000  # states of a level that can be listed
LARGEST_WITH_CHANCE = 5_000  # for which plans take longer


@dataclass(frozen=True, kw_only=True)
class World(Declaration):
    """A grid world: things, rules, objectives and a distribution of levels.

    A subclass declares it (see `Declaration`), one small file each in `zoo/`.
    """

    def check(self) -> None:
        """Raise ValueError for things alike, or where a stratum can have no level."""
        check_things(self.name, self.things, "lava" in self.events)
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
        """Return what has happened, name to number, of flags [levels, ...].

        A number of two values is a truth value. The first name of `memory` changes
        fastest: it is the last digit of the flag.
        """
        had: dict[str, Any] = {}
        for name, size in self.memory.items():
            if size == 2:  # in bits, several times as fast
                had[name], flag = flag & 1 == 1, flag >> 1
            else:
                flag, had[name] = np.divmod(flag, size)
        return had

    def note(self, levels: Levels, had: Had) -> Any:
        """Return the flags from which `recall` reads what has happened."""
        flag, unit = 0, 1
        for name, size in self.memory.items():
            flag, unit = flag + unit * had[name], unit * size
        return flag

    def visible(self, levels: Levels, flag: Ints | int) -> dict[str, Ints]:
        """Return name to the cell of each thing as it stands under `flag`.

        flag: one for all levels, or [levels, ...]; cells are [levels] or like it.
        """
        each = np.full(len(levels), flag) if np.ndim(flag) == 0 else np.asarray(flag)
        stands = tabulate.standing(self, levels, self.recall(levels, each), each)
        return {name: np.broadcast_to(at, each.shape) for name, at in stands.items()}

    # Levels

    @cached_property
    def layout_grades(self) -> dict[str, str]:
        """Kinds of layouts, grade by grade, to what they are like in words."""
        return changed.grades(self)

    def grade_of(self, level: Levels, goal: int | None = None) -> int:
        """Return the goal's grade in a level laid by hand: `goal`, or what things say.

        None or the last. Raises ValueError for things that cannot be together at it.
        """
        if goal is not None:
            return goal
        apart = self.listed and "goal" in self.shifts and self.told_apart(level).any()
        return self.shifts["goal"].last if apart else 0

    def outcome_chances(self, levels: Levels, cell: Ints, flag: Ints) -> Floats:
        """Return the probability of each outcome after moves that led to these states.

        cell, flag: [levels, ...]. Returns [levels, ..., outcomes].
        """
        return self.chance(levels, cell, self.recall(levels, flag))

    # Said where the rest of each subject is; a function's `world` is this one

    shifts = cached_property(all_shifts)
    training_layouts = cached_property(changed.training_layouts)
    known = cached_property(changed.known)
    are_known = changed.are_known
    strata = sampling.strata
    sample = sampling.sample
    drawn = sampling.drawn
    grid = cached_property(Grid)
    thresholds = staticmethod(sampling.thresholds)
    level = by_hand.level
    step = tabulate.step
    settle = tabulate.settle
    tabulate = tabulate.tabulate
    scale = cached_property(describe.scale)
    told_apart = describe.told_apart
    unreached = describe.unreached
    describe = describe.describe
