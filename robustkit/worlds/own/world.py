"""Worlds made of a user's own environments, some to train in and some shifted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ... import arguments
from ...mdp import Floats, Ints, Tables, mixture
from ..sampling import SHARE, at, thresholds
from ..shifts import SHIFTS, Grid, Shift, Where, check_shifts
from .level import OwnTables, padded

TRAINING = "as in training"


@dataclass(frozen=True, eq=False)
class OwnWorld:
    """Levels of your own environments, in training and at each grade of a shift.

    It is used like any other world, except that it has only the levels it was given:
    all of them are measured, whatever number is asked for.

    name: what it is called. grades: the tables of each level, grade by grade, those of
    training first. kind, words: which shift it is, and what each grade of it is like.
    """

    name: str
    grades: tuple[tuple[OwnTables, ...], ...]
    kind: str = "goal"
    words: tuple[str, ...] = ()

    summary = "your own environment"
    listed = True  # its states are few enough to list them all
    flags, outcomes, features, things, old_place = 1, 1, (), (), None

    def __repr__(self) -> str:
        counts = ", ".join(str(len(grade)) for grade in self.grades)
        return f"OwnWorld({self.name!r}, levels of each grade: {counts})"

    @property
    def _any(self) -> OwnTables:
        return self.grades[0][0]

    @property
    def home(self) -> OwnWorld:
        """The world that agents are of: itself."""
        return self

    @property
    def options(self) -> dict[str, Any]:
        """What each level was made with."""
        seeds = [t.level.seed for grade in self.grades for t in grade]
        return {"levels": [len(g) for g in self.grades], "seeds": sorted({*seeds})}

    @property
    def events(self) -> tuple[str, ...]:
        """What can happen on a move."""
        return self._any.event_names

    @property
    def objectives(self) -> dict[str, tuple[()]]:
        """The objectives by name, the base first; what they pay is in the tables."""
        return dict.fromkeys(self._any.objectives, ())

    @property
    def base(self) -> str:
        """Name of the base objective."""
        return self._any.objectives[0]

    @property
    def discount(self) -> float:
        """Per step."""
        return self._any.discount

    @property
    def scale(self) -> Floats:
        """[objectives], see `Tables.scale`."""
        return self._any.scale

    @property
    def space(self) -> Any:
        """What an agent is shown, as a space."""
        return self._any.level.space

    @property
    def moves(self) -> tuple[Any, ...]:
        """The actions, as the environment takes them."""
        return tuple(np.array(m).tolist() for m in self._any.level.stepper.moves)

    @property
    def move_names(self) -> list[str]:
        """What each move is called: MiniGrid's names where they are its own."""
        return self._any.level.stepper.names

    @property
    def first_move(self) -> int:
        """The number of its first action."""
        first = self.every_move[0]
        return first if isinstance(first, int) else 0

    @property
    def actions(self) -> list[int]:
        """[moves], where each stands among all actions of the environment."""
        return [self.every_move.index(move) for move in self.moves]

    @property
    def every_move(self) -> list[Any]:
        """All actions of the environment, with those that were left out."""
        return [np.array(move).tolist() for move in self._any.level.stepper.all_moves]

    @cached_property
    def shape(self) -> tuple[int, int]:
        """Height and width of a grid that holds every level."""
        shapes = [tables.level.shape for grade in self.grades for tables in grade]
        return max(h for h, _ in shapes), max(w for _, w in shapes)

    @cached_property
    def shifts(self) -> dict[str, Shift]:
        """Name to each shift that it has."""
        if len(self.grades) == 1:
            return {}
        return {self.kind: Shift((TRAINING, *self.words), "mixture")}

    @cached_property
    def grid(self) -> Grid:
        """The distributions between whose grades its slider goes."""
        return Grid(self)  # type: ignore[arg-type]

    def mixture(self, weights: dict[str, float] | str) -> Floats:
        """Return weights over the objectives as an array; "base" is the base one."""
        return mixture(self._any.objectives, weights)

    def of(self, grade: int) -> OwnLevels:
        """Return all levels of a grade."""
        every = self.grades[grade]
        return OwnLevels(self, every, {self.kind: np.full(len(every), grade)})

    def drawn(
        self, n: int, seed: int, wanted: Sequence[tuple[Any, ...]]
    ) -> list[OwnLevels]:
        """Return all levels for each of several grades (goal, layout, place)."""
        place = SHIFTS.index(self.kind)
        return [self.of(int(grades[place])) for grades in wanted]

    def sample(
        self,
        n: int | None = None,
        goal: Where = 0.0,
        layout: Where = 0.0,
        *,
        place: Where = 0.0,
        share: float = 1.0,
        seed: int = 0,
    ) -> OwnLevels:
        """Return levels at a shift: all of a grade; between two, some of each.

        n: the first so many of them; at a mixture level i is i-th of its own grade.
        The others are as `World.sample` takes them.
        Raises ValueError for more levels than there are.
        """
        given = check_shifts(self, goal, layout, place)  # type: ignore[arg-type]
        share, seed = arguments.fraction("share", share), arguments.seed("seed", seed)
        most = max(len(grade) for grade in self.grades)
        shifted = np.random.default_rng([seed, SHARE]).random(most) < share
        grades = at(self, self.kind, given[self.kind], most, seed) * shifted  # type: ignore[arg-type]
        there = [i < len(self.grades[g]) for i, g in enumerate(grades)]
        count = there.index(False) if False in there else most
        if n is not None:
            n = arguments.whole("n", n, 1)
            if n > count:
                raise ValueError(
                    f"n={n} is more than the {count} levels that there are; allowed: "
                    f"up to {count}, or None for all."
                )
        grades = grades[: count if n is None else n]
        every = tuple(self.grades[g][i] for i, g in enumerate(grades))
        return OwnLevels(self, every, {self.kind: grades})

    thresholds = staticmethod(thresholds)


def is_own(given: Any) -> bool:
    """Return whether a world, levels or tables are of a user's own environments.

    Types say `World` and `Levels` of both these and ours.
    """
    return isinstance(given, (OwnWorld, OwnLevels, OwnTables))


def refuse_own(given: Any, doing: str) -> None:
    """Raise ValueError for a user's own world where only one of ours will do.

    doing: what is not possible in it.
    """
    if is_own(given):
        raise ValueError(
            f"world={world_of(given)!r} is made of your own environments, in which "
            f"{doing}; allowed: a world of robustkit.make(name)."
        )


def levels_of(given: Any) -> Any:
    """Return the tables of one level as a batch of it, and whatever else as it is."""
    return world_of(given).of(0) if isinstance(given, OwnTables) else given


def world_of(given: Any) -> Any:
    """Return the tables of one level as a world of it, and whatever else as it is."""
    if not isinstance(given, OwnTables):
        return given
    known = given.__dict__  # the same world each time
    return known.setdefault("_world", OwnWorld(given.name, ((given,),)))


@dataclass(frozen=True, eq=False)
class OwnLevels:
    """A batch of levels of an own world, used as `Levels` are.

    each: the tables of each. grades: name of the shift to [levels], the grade of it.
    """

    world: OwnWorld
    each: tuple[OwnTables, ...]
    grades: dict[str, Ints]

    def __len__(self) -> int:
        return len(self.each)

    def __getitem__(self, index: Any) -> OwnLevels:
        """Return the chosen levels, still as a batch; an int gives a batch of one."""
        places = np.atleast_1d(np.arange(len(self))[index])
        grades = {name: grade[places] for name, grade in self.grades.items()}
        return OwnLevels(self.world, tuple(self.each[i] for i in places), grades)

    def __iter__(self) -> Iterator[OwnLevels]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return f"<{len(self)} levels of {self.world.name!r}>"

    @cached_property
    def start(self) -> Ints:
        """[levels], the cell in which an episode begins, in the grid of the world."""
        return np.array([self.cells(i)[0] for i in range(len(self))])

    def cells(self, i: int) -> Ints:
        """Return [states] the cell of a level's agent, in the grid of the world."""
        return self._in_world(i, self.each[i].level.found.cells)

    def onto(self, i: int) -> Ints:
        """Return [states, moves] the cell that a move leads to, likewise."""
        return self._in_world(i, self.each[i].level.found.onto)

    def way(self, states: Ints, moves: Ints) -> Ints:
        """Return the cells that an episode goes through in each level, the start first.

        states: [levels, steps + 1]; moves: [levels, steps]. The end counts as the cell
        that the last move led to.
        """
        each = range(len(self))
        ends = [len(self.each[i].level.found.cells) - 1 for i in each]
        here = [np.minimum(states[i, :-1], ends[i]) for i in each]
        onto = [self.onto(i)[here[i], moves[i]] for i in each]
        return np.column_stack([self.start, np.stack(onto)])

    def ground(self, i: int) -> str:
        """Return a digit for each cell of the world's grid; beyond the level, wall."""
        height, width = self.each[i].level.shape
        whole = np.full(self.world.shape, "1")
        whole[:height, :width] = np.reshape(
            [*self.each[i].level.ground], (height, width)
        )
        return "".join(whole.ravel())

    def _in_world(self, i: int, cells: Ints) -> Ints:
        y, x = np.divmod(cells, self.each[i].level.shape[1])
        there: Ints = y * self.world.shape[1] + x
        return there

    @cached_property
    def _tables(self) -> Tables:
        most = max(tables.shape[1] for tables in self.each)
        every = [padded(tables, most) for tables in self.each]
        first = self.each[0]
        return Tables(
            np.concatenate([p[0] for p in every]),
            np.concatenate([p[1] for p in every]),
            np.concatenate([p[2] for p in every]),
            np.zeros(len(self), int),
            first.objectives,
            first.event_names,
            first.discount,
            first.scale,
        )

    def tables(self) -> Tables:
        """Return the exact MDPs of these levels, padded to one number of states."""
        return self._tables

    def place(self, level: int, state: int) -> str:
        """Return where a state is, in words."""
        return f"levels[{level}], {self.each[level].level.found.doing[state]}"

    def seen(self, level: Ints, state: Ints) -> list[Any]:
        """Return what is shown in states; level, state: [n], of which level which."""
        return [
            self.each[k].level.seen(np.array([s]))[0]
            for k, s in zip(level, state, strict=True)
        ]
