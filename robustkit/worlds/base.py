"""What every world is: a declaration from which levels and exact tables come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .. import arguments
from ..mdp import (
    Floats,
    Ints,
    Tables,
    evaluate,
    mixture,
    optimal_values,
    plan,
    uniform_policy,
)
from .layouts import (
    FREE,
    LAVA,
    MAKERS,
    WALL,
    Maker,
    Terrain,
    Walls,
    count_layouts,
    reached,
)

MOVES = ("right", "down", "left", "up")  # numbered as MiniGrid numbers directions
STEP = np.array([(0, 1), (1, 0), (0, -1), (-1, 0)])  # rows, columns
STRATUM_NAMES = (
    "familiar layout, objectives agree",
    "familiar layout, objectives part",
    "unfamiliar layout, objectives agree",
    "unfamiliar layout, objectives part",
)
LARGEST = 100_000  # states of a level that can be listed
LARGEST_WITH_CHANCE = 5_000  # for which plans take longer
DRAWS = 1000  # layouts drawn to say how many of them differ
SCALE_LEVELS = 128  # per stratum, for the fixed scale of the objectives; fewer where
SCALE_STATES = 20_000  # they have so many states, but never less than a quarter


@dataclass(frozen=True)
class Thing:
    """Something that lies in a cell and is used by walking onto it.

    shape, colour and letter all tell it apart; `tile` is its MiniGrid type and colour.
    marks: what an agent sees of it, one plane for each word; its own name by default,
    and () for something that cannot be seen.
    """

    name: str
    letter: str
    shape: str
    colour: str
    tile: tuple[str, str]
    marks: tuple[str, ...] | None = None

    @property
    def seen(self) -> tuple[str, ...]:
        """What an agent sees of it."""
        return (self.name,) if self.marks is None else self.marks


@dataclass(frozen=True, eq=False)
class Levels:
    """A batch of levels of one world.

    terrain: [levels, height, width], `FREE`, `WALL` or `LAVA`. start: [levels], the
    cell to start in.
    things: name to [levels], the cell it lies in, -1 where there is none.
    goal_shifted, layout_shifted: [levels], whether base and proxies come apart, and
    whether the layout lies outside the training layouts.
    A cell is y * width + x.
    """

    world: World
    terrain: Terrain
    start: Ints
    things: dict[str, Ints]
    goal_shifted: NDArray[np.bool_]
    layout_shifted: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.start)

    def __getitem__(self, index: Any) -> Levels:
        """Return the chosen levels, still as a batch; an int gives a batch of one."""
        if isinstance(index, (int, np.integer)):
            if not -len(self) <= index < len(self):
                raise IndexError(f"level {index} of {len(self)}")
            index = [index]
        return replace(
            self,
            terrain=self.terrain[index],
            start=self.start[index],
            things={name: cell[index] for name, cell in self.things.items()},
            goal_shifted=self.goal_shifted[index],
            layout_shifted=self.layout_shifted[index],
        )

    def __iter__(self) -> Iterator[Levels]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return (
            f"<{len(self)} levels of {self.world.name!r}: objectives part in "
            f"{self.goal_shifted.mean():.0%}, unfamiliar layout in "
            f"{self.layout_shifted.mean():.0%}>"
        )

    def __str__(self) -> str:
        """Return the first levels as text, side by side."""
        drawn = [self._text(i) for i in range(min(len(self), 4))]
        return "\n".join("   ".join(row) for row in zip(*drawn, strict=True))

    def _text(self, i: int) -> list[str]:
        cells = np.array(list(".#~"))[self.terrain[i]].ravel()
        for thing in reversed(self.world.things):
            if self.things[thing.name][i] >= 0:
                cells[self.things[thing.name][i]] = thing.letter
        cells[self.start[i]] = "A"
        return ["".join(row) for row in cells.reshape(self.terrain.shape[1:])]

    def at(self, thing: str, cell: Ints) -> NDArray[np.bool_]:
        """Return whether cells [levels, ...] are the one in which a thing lies."""
        lies: NDArray[np.bool_] = cell == self.things[thing].reshape(
            -1, *[1] * (cell.ndim - 1)
        )
        return lies

    @cached_property
    def walls(self) -> Walls:
        """[levels, height, width], True where nobody can go."""
        return self.terrain == WALL

    @cached_property
    def lava(self) -> Walls:
        """[levels, height, width], True where an episode ends for bad."""
        return self.terrain == LAVA

    @cached_property
    def stratum(self) -> NDArray[np.int64]:
        """[levels], index into `STRATUM_NAMES`."""
        return 2 * self.layout_shifted + self.goal_shifted

    @cached_property
    def _tables(self) -> Tables:
        return self.world.tabulate(self)

    def tables(self) -> Tables:
        """Return the exact MDPs of these levels."""
        return self._tables

    def planes(self, flag: int = 0) -> NDArray[np.float32]:
        """Return what an agent sees, [levels, 1 + features, height, width], 0 or 1.

        The first plane marks walls, the others what `World.features` names, as it
        stands when the flags of the state are `flag`.
        """
        features = self.world.features
        seen = self.world.visible(self, flag)
        planes = np.zeros(
            (len(self), 1 + len(features), self.terrain[0].size), np.float32
        )
        planes[:, 0] = self.walls.reshape(len(self), -1)
        if "lava" in features:
            planes[:, 1] = self.lava.reshape(len(self), -1)
        for thing in self.world.things:
            there = np.flatnonzero(seen[thing.name] >= 0)
            for mark in thing.seen:
                cell = seen[thing.name][there]
                planes[there, 1 + features.index(mark), cell] = 1
        return planes.reshape(len(self), -1, *self.terrain.shape[1:])

    def seen_from(self, cell: Ints, flag: Ints) -> NDArray[np.uint8]:
        """Return `planes` and where the agent is, [levels, 2 + features, h, w].

        cell, flag: [levels], what the state is in each level. These are the symbolic
        observations of the environments.
        """
        height, width = self.terrain.shape[1:]
        seen = np.zeros((len(self), 2 + len(self.world.features), height * width), bool)
        for each in np.unique(flag):
            here = np.flatnonzero(flag == each)
            planes = self[here].planes(int(each))
            seen[here, :-1] = planes.reshape(*planes.shape[:2], -1)
        seen[np.arange(len(self)), -1, cell] = True
        return seen.reshape(len(self), -1, height, width).astype(np.uint8)

    @cached_property
    def vacant(self) -> NDArray[np.bool_]:
        """[levels, cells], free cells with nothing in them: where one can start."""
        free = (self.terrain == FREE).reshape(len(self), -1)
        for cell in self.things.values():
            there = np.flatnonzero(cell >= 0)
            free[there, cell[there]] = False
        return free

    @cached_property
    def keys(self) -> list[bytes]:
        """One name a level for all that lies in it (terrain and things)."""
        n = len(self)
        cells = np.stack(list(self.things.values()), 1).astype("<i4")
        terrain = self.terrain.reshape(n, -1)
        return [terrain[i].tobytes() + cells[i].tobytes() for i in range(n)]


def concatenate(parts: list[Levels]) -> Levels:
    """Return the levels of all parts, which belong to one world, as one batch."""
    return Levels(
        parts[0].world,
        np.concatenate([p.terrain for p in parts]),
        np.concatenate([p.start for p in parts]),
        {k: np.concatenate([p.things[k] for p in parts]) for k in parts[0].things},
        np.concatenate([p.goal_shifted for p in parts]),
        np.concatenate([p.layout_shifted for p in parts]),
    )


def _terrain(rows: Sequence[str], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Return [height, width] of rows of text; raise ValueError for impossible ones."""
    signs = {".": FREE, "#": WALL, "~": LAVA}
    lengths = [len(row) for row in rows]
    if len(lengths) != shape[0] or set(lengths) != {shape[1]}:
        raise ValueError(
            f"rows are {len(lengths)} of lengths {sorted(set(lengths))}; allowed: "
            f"{shape[0]} of length {shape[1]}."
        )
    odd = sorted(set("".join(rows)) - set(signs))
    if odd:
        raise ValueError(f"rows hold {odd}; allowed: '#', '.' and '~'.")
    terrain = np.array([[signs[sign] for sign in row] for row in rows], np.uint8)
    inner = np.zeros(shape, bool)
    inner[1:-1, 1:-1] = True
    if (terrain[~inner] != WALL).any():
        raise ValueError("rows: the border is open; allowed: '#' all around.")
    return terrain


def _cell(name: str, place: tuple[int, int], terrain: Terrain) -> int:
    """Return the cell at (row, column); raise ValueError for a wall or outside."""
    height, width = terrain.shape
    row, column = (int(x) for x in place)
    if not (0 <= row < height and 0 <= column < width):
        raise ValueError(
            f"{name}={place} lies outside; allowed: rows 0 to {height - 1}, columns 0 "
            f"to {width - 1}."
        )
    if terrain[row, column] == WALL:
        raise ValueError(f"{name}={place} lies in a wall; allowed: a floor cell.")
    return row * width + column


@dataclass(frozen=True, kw_only=True)
class World:
    """A grid world: things, rules, objectives and a distribution of levels.

    A subclass names its things, events and objectives (the base objective first) and
    says where things lie (`place`) and what walking onto a cell does (`enter`).

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
    forward: ClassVar[bool] = True  # a move never leads to flags of a lower number
    by_rule: ClassVar[bool] = (
        False  # whether `Levels.goal_shifted` changes what things do
    )

    size: int = 9
    maker: str = "blocks"
    unfamiliar: str = "tree"
    layouts: int | None = 64
    discount: float = 0.95

    def __post_init__(self) -> None:
        arguments.whole("size", self.size, 5, 41, odd=True)
        arguments.one_of("maker", self.maker, self.makers)
        arguments.one_of("unfamiliar", self.unfamiliar, self.makers)
        arguments.number("discount", self.discount, 0.5, 0.999)
        if self.layouts is not None:
            arguments.whole("layouts", self.layouts, 1, 100_000)

    def check(self) -> None:
        """Raise ValueError where no level of some stratum can be made."""
        self.strata(1)

    # What a world declares

    @property
    def things(self) -> tuple[Thing, ...]:
        """What lies in its levels; of two in one cell the first lies on top."""
        raise NotImplementedError

    @property
    def events(self) -> tuple[str, ...]:
        """What can happen on a move."""
        raise NotImplementedError

    @property
    def objectives(self) -> dict[str, dict[str, float]]:
        """Name to what it pays for each event; the base objective is the first."""
        raise NotImplementedError

    @property
    def agree(self) -> str:
        """What levels are like in training, in words."""
        raise NotImplementedError

    @property
    def part(self) -> str:
        """What a goal shift makes of them, in words."""
        raise NotImplementedError

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of a level, with the border."""
        return self.size, self.size

    @property
    def flags(self) -> int:
        """Number of settings of what has already happened in an episode."""
        return 1

    def place(
        self, terrain: Terrain, rng: np.random.Generator
    ) -> list[dict[str, Ints]]:
        """Return [where base and proxies agree, where they part]: start and things.

        Both are dicts of name to cell [levels]; "start" is the agent's cell and is the
        same in both. It is -1 in a layout that cannot hold the things.
        """
        raise NotImplementedError

    def enter(
        self, levels: Levels, cell: Ints, flag: Ints
    ) -> tuple[Ints, dict[str, NDArray[np.bool_]], NDArray[np.bool_]]:
        """Return (new flag, event to where it happens, where the episode ends).

        cell, flag: [levels, ...], cells that the agent has just walked onto.
        """
        raise NotImplementedError

    def visible(self, levels: Levels, flag: int) -> dict[str, Ints]:
        """Return name to cell [levels] of the things as they stand under `flag`.

        In a world with chance `flag` may be an array [levels, ...], and so are cells.
        """
        return levels.things

    # What a world with chance declares: after each move it has a turn of its own

    @property
    def outcomes(self) -> int:
        """Number of ways in which the world's own turn can go; 1 where it has none."""
        return 1

    def chance(self, levels: Levels, cell: Ints, flag: Ints) -> Floats:
        """Return the probability of each outcome, [levels, ..., outcomes].

        cell, flag: [levels, ...], as the agent's move has left them.
        """
        raise NotImplementedError

    def turn(
        self, levels: Levels, cell: Ints, flag: Ints, outcome: Ints
    ) -> tuple[Ints, dict[str, NDArray[np.bool_]], NDArray[np.bool_]]:
        """Return (new flag, event to where it happens, where the episode ends).

        cell, flag, outcome: [levels, ...], which broadcast.
        """
        raise NotImplementedError

    # What follows from it

    @cached_property
    def features(self) -> tuple[str, ...]:
        """What an agent can see beside walls, in the order of `Levels.planes`."""
        marks = dict.fromkeys(mark for thing in self.things for mark in thing.seen)
        return ("lava", *marks) if "lava" in self.events else tuple(marks)

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

    @property
    def blocks(self) -> int:
        """Number of blocks of states that are never gone back to; see `Tables`."""
        return self.flags if self.forward else 1

    @cached_property
    def appearances(self) -> tuple[Thing, ...]:
        """One thing for each look that things have, of those that can be seen."""
        looks: dict[tuple[str, ...], Thing] = {}
        for thing in self.things:
            looks.setdefault(thing.seen, thing)
        return tuple(thing for seen, thing in looks.items() if seen)

    @property
    def base(self) -> str:
        """Name of the base objective, the only one that training sees."""
        return next(iter(self.objectives))

    @property
    def options(self) -> dict[str, Any]:
        """The options this world was made with."""
        return asdict(self)

    def mixture(self, weights: dict[str, float] | str) -> Floats:
        """Return weights over the objectives as an array; "base" is the base one."""
        return mixture(list(self.objectives), weights)

    @cached_property
    def training_layouts(self) -> Terrain:
        """[layouts, height, width], the layouts that training knows."""
        if self.layouts is None:
            raise ValueError("layouts=None: this world has no finite set of layouts.")
        rng = np.random.default_rng([2025, self.size, self.layouts])
        return self._make(self.maker, self.layouts, rng)

    def _make(self, maker: str, n: int, rng: np.random.Generator) -> Terrain:
        """Return n layouts of a maker, [n, height, width]."""
        return self.makers[maker](n, *self.shape, rng).astype(np.uint8)

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
        are not named are not there. apart: whether base and proxies come apart in it;
        found out unless given, as is whether training knows its layout.
        Raises ValueError for rows of another shape or signs, for a start or a thing
        that is unknown or lies in a wall or outside, and for things that this world
        cannot have together.
        """
        terrain = _terrain(rows, self.shape)
        names = [thing.name for thing in self.things]
        cells = {name: np.array([-1]) for name in names}
        for name, place in things.items():
            arguments.one_of("things", name, names)
            cells[name] = np.array([_cell(name, place, terrain)])
        begin = np.array([_cell("start", start, terrain)])
        known = self.layouts is not None and any(
            (terrain == layout).all() for layout in self.training_layouts
        )
        part = np.array([bool(goal_shifted)])
        made = Levels(self, terrain[None], begin, cells, part, np.array([not known]))
        if goal_shifted is None:
            made = replace(made, goal_shifted=np.array([self.parted(made)]))
        return made

    def parted(self, level: Levels) -> bool:
        """Return whether base and proxies come apart in a level laid by hand.

        Raises ValueError for things that this world cannot have together.
        """
        return self.listed and bool((self.told_apart(level) > 0).any())

    def unreached(self, level: Levels) -> list[str]:
        """Return in words what cannot be reached or won in a level, a batch of one."""
        free = level.terrain != WALL
        width = self.shape[1]
        at = level.start // width, level.start % width
        seen = reached(free, *at)[0].ravel()
        said = [
            f"{name} cannot be reached from the start."
            for name, cell in level.things.items()
            if cell[0] >= 0 and not seen[cell[0]]
        ]
        on = [name for name, cell in level.things.items() if cell[0] == level.start[0]]
        said += [
            f"{name} lies at the start, where it is not walked onto." for name in on
        ]
        tables = level.tables()
        best = optimal_values(tables, np.eye(len(self.objectives)))[0, level.start[0]]
        for name, value in zip(self.objectives, best, strict=True):
            if value <= 1e-9:
                said.append(f"Nothing can be won at {name} here.")
        return said

    def strata(self, n: int, seed: int = 0) -> list[Levels]:
        """Return four strata (`STRATUM_NAMES`), n levels each; level i is i in all."""
        n = arguments.whole("n", n, 1)
        seed = arguments.seed("seed", seed)
        rngs = [np.random.default_rng([seed, k]) for k in range(4)]
        batches = []
        for new, draw in enumerate((self._familiar, self._unfamiliar)):
            terrain, places = self._furnish(n, draw, rngs[new], rngs[2 + new])
            for apart, things in enumerate(places):
                start = things.pop("start")
                flag = np.full(n, bool(apart)), np.full(n, bool(new))
                batches.append(Levels(self, terrain, start, things, *flag))
        return batches

    def _furnish(
        self,
        n: int,
        draw: Callable[[int, np.random.Generator], Terrain],
        terrain_rng: np.random.Generator,
        rng: np.random.Generator,
    ) -> tuple[Terrain, list[dict[str, Ints]]]:
        """Return n layouts and what lies where, as `place` says.

        A layout that cannot hold the things is drawn again. Raises ValueError where
        `LAYOUT_TRIES` rounds do not suffice.
        """
        terrain = draw(n, terrain_rng)
        places = self.place(terrain, rng)
        for _ in range(LAYOUT_TRIES):
            full = np.flatnonzero(places[0]["start"] < 0)
            if not len(full):
                return terrain, places
            terrain[full] = draw(len(full), terrain_rng)
            for things, again in zip(
                places, self.place(terrain[full], rng), strict=True
            ):
                for name, cell in again.items():
                    things[name][full] = cell
        maker = "maker" if draw == self._familiar else "unfamiliar"
        raise ValueError(
            f"{maker}={getattr(self, maker)!r} gives no layout of size={self.size} "
            f"that holds start and things of {self.name!r} in {LAYOUT_TRIES} tries; "
            "allowed: a larger size, another maker, or fewer things."
        )

    def _familiar(self, n: int, rng: np.random.Generator) -> Terrain:
        if self.layouts is None:
            return self._make(self.maker, n, rng)
        return self.training_layouts[rng.integers(self.layouts, size=n)]

    def _unfamiliar(self, n: int, rng: np.random.Generator) -> Terrain:
        """Return n layouts none of which is a training layout."""
        terrain = self._make(self.unfamiliar, n, rng)
        if self.layouts is None:
            return terrain
        known = {layout.tobytes() for layout in self.training_layouts}
        for _ in range(100):
            seen = [i for i, layout in enumerate(terrain) if layout.tobytes() in known]
            if not seen:
                return terrain
            terrain[seen] = self._make(self.unfamiliar, len(seen), rng)
        raise ValueError(
            f"unfamiliar={self.unfamiliar!r} gives no layout of size {self.size} that "
            "is not a training layout; allowed: another maker, or fewer layouts."
        )

    def chances(self, n: int, seed: int) -> Floats:
        """Return [levels, 2], the shifts (goal, layout) from which level i changes."""
        return np.random.default_rng([seed, 4]).random((n, 2))

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
        every = concatenate(self.strata(n, seed))
        apart, new = (self.chances(n, seed) < [goal, layout]).T
        return every[(2 * new + apart) * n + np.arange(n)]

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
        return self._tabulate(levels, self.scale if scaled else unit)

    def step(
        self, levels: Levels, cell: Ints, flag: Ints, action: Ints
    ) -> tuple[Ints, Ints, dict[str, NDArray[np.bool_]], NDArray[np.bool_]]:
        """Return (cell, flag, events, ended) after a move from every given state.

        cell, flag, action: arrays that broadcast to [levels, ...].
        """
        height, width = self.shape
        y = np.clip(cell // width + STEP[action, 0], 0, height - 1)
        x = np.clip(cell % width + STEP[action, 1], 0, width - 1)
        level = np.arange(len(levels)).reshape(-1, *[1] * (y.ndim - 1))
        cell, flag, ahead, level = np.broadcast_arrays(cell, flag, y * width + x, level)
        walls = levels.walls.reshape(len(levels), -1)
        moved = ~walls[level, ahead] & ~walls[level, cell]
        new_flag, events, ended = self.enter(levels, ahead, flag)
        if "lava" in self.events:
            events = {
                **events,
                "lava": levels.lava.reshape(len(levels), -1)[level, ahead],
            }
            ended = ended | events["lava"]
        events = {name: happens & moved for name, happens in events.items()}
        ahead, new_flag = np.where(moved, ahead, cell), np.where(moved, new_flag, flag)
        return ahead, new_flag, events, ended & moved

    def settle(
        self,
        levels: Levels,
        cell: Ints,
        flag: Ints,
        events: dict[str, NDArray[np.bool_]],
        ended: NDArray[np.bool_],
        outcome: Ints,
    ) -> tuple[Ints, dict[str, NDArray[np.bool_]], NDArray[np.bool_]]:
        """Return (flag, events, ended) of `step` after the world's turn, if it has one.

        outcome: how the turn goes; all arrays broadcast to [levels, ...]. Nothing
        happens any more where the episode has ended, or in a wall.
        """
        if self.outcomes == 1:
            return flag, events, ended
        new, happens, over = self.turn(levels, cell, flag, outcome)
        level = np.arange(len(levels)).reshape(-1, *[1] * (new.ndim - 1))
        walls = levels.walls.reshape(len(levels), -1)
        goes_on = ~ended & ~walls[level, cell]
        happens = {name: here & goes_on for name, here in happens.items()}
        for name, here in events.items():
            happens[name] = here | happens.get(name, False)
        return np.where(goes_on, new, flag), happens, ended | (over & goes_on)

    def _tabulate(self, levels: Levels, scale: Floats) -> Tables:
        """Return tables; state = flag * cells + cell, the last state is the end."""
        n, cells, moves = len(levels), levels.terrain[0].size, len(MOVES)
        grid = np.ix_(range(n), range(self.flags), range(cells), range(moves), [0])
        cell, flag, events, ended = self.step(levels, grid[2], grid[1], grid[3])
        chance = None
        if self.outcomes > 1:
            chance = self.chance(levels, cell[..., 0], flag[..., 0])
            outcome = np.arange(self.outcomes)
            flag, events, ended = self.settle(
                levels, cell, flag, events, ended, outcome
            )
        end, branches = self.flags * cells, moves * self.outcomes
        shape = n, end + 1, branches

        def flat(inner: NDArray[Any]) -> NDArray[Any]:
            every = np.broadcast_to(inner, (*cell.shape[:-1], self.outcomes))
            return every.reshape(n, end, branches)

        next_state = np.full(shape, end, np.int32)
        next_state[:, :-1] = flat(np.where(ended, end, flag * cells + cell))
        happened = np.zeros((*shape, len(self.events)), bool)
        for k, name in enumerate(self.events):
            happened[:, :-1, :, k] = flat(events[name])
        if chance is not None:
            given = np.full(shape, 1 / self.outcomes)
            given[:, :-1] = flat(chance)
            chance = given
        pays = [[w.get(e, 0.0) for e in self.events] for w in self.objectives.values()]
        return Tables(
            next_state,
            happened,
            happened @ np.array(pays, float).T,
            levels.start,
            tuple(self.objectives),
            self.events,
            self.discount,
            scale,
            self.blocks,
            chance,
            self.outcomes,
        )

    @cached_property
    def scale(self) -> Floats:
        """[objectives], mean room between random and optimal, fixed for this world.

        Mean over the four strata with equal weight, so it does not move with a slider.
        """
        height, width = self.shape
        fit = SCALE_STATES // (height * width * self.flags)
        n = min(SCALE_LEVELS, max(SCALE_LEVELS // 4, fit))
        levels = concatenate(self.strata(n, seed=0))
        tables = self.tabulate(levels, scaled=False)
        best = optimal_values(tables, np.eye(len(self.objectives)))
        room = best - evaluate(tables, uniform_policy(tables))
        mean: Floats = room[np.arange(len(levels)), levels.start].mean(0)
        return mean

    def told_apart(self, levels: Levels) -> Floats:
        """Return [proxies], the share of levels in which a proxy planner does worse.

        That is, in which optimal pursuit of the proxy earns less than 99 % of the most
        that the base objective pays.
        """
        if len(self.objectives) == 1:
            return np.zeros(0)
        tables = levels.tables()
        best, policies = plan(tables, np.eye(len(self.objectives)))
        level = np.arange(len(levels))
        most = best[level, levels.start, 0] * tables.scale[0]
        earned = [
            evaluate(tables, policy)[level, levels.start, 0] for policy in policies[1:]
        ]
        share: Floats = (np.array(earned) < 0.99 * most).mean(-1)
        return share

    def describe(self) -> str:
        """Return in a few lines what this world is and what the shifts do."""
        proxies = list(self.objectives)[1:]
        shares = [
            self.told_apart(levels) for levels in self.strata(SCALE_LEVELS // 4)[:2]
        ]
        known = f"{self.layouts} known" if self.layouts else "new in every level"
        lines = [
            f"{self.name}: {self.summary}",
            f"after: {self.source}",
            f"base objective: {self.base}; proxies: {', '.join(proxies) or 'none'}",
            f"training: {self.agree}; layouts: {self.maker}, {known}",
            f"goal shift: {self.part}",
            f"layout shift: layouts made as {self.unfamiliar}, none seen in training",
            *(
                f"levels that tell {name} from {self.base}: {before:.0%} in training, "
                f"{after:.0%} at full goal shift"
                for name, before, after in zip(proxies, *shares, strict=True)
            ),
            f"of {DRAWS} layouts drawn, different: {self._different()}",
        ]
        return "\n".join(lines)

    def _different(self) -> str:
        """Return in words how many layouts of each maker differ, of `DRAWS` drawn."""
        makers = dict.fromkeys([self.maker, self.unfamiliar])
        counts = [
            count_layouts(self.makers[maker], *self.shape, DRAWS, seed=0)
            for maker in makers
        ]
        return ", ".join(f"{n} ({m})" for m, n in zip(makers, counts, strict=True))


TRIES = 200  # rounds of drawing places again before a layout is given up
LAYOUT_TRIES = 20  # rounds of drawing layouts again before a world is


def random_cell(free: Walls, rng: np.random.Generator) -> Ints:
    """Return for each level [levels] a free cell; free is [levels, height, width].

    The same draw picks the same cell wherever it stays free. It is -1 in a level that
    has none.
    """
    flat = free.reshape(len(free), -1)
    drawn = np.where(flat, rng.random(flat.shape), -1.0)
    return np.where(flat.any(1), drawn.argmax(1), -1)


def without(free: Walls, *cells: Ints) -> Walls:
    """Return free cells [levels, height, width] less one or more cells [levels]."""
    left = free.copy()
    for cell in cells:
        there = np.flatnonzero(cell >= 0)
        left.reshape(len(free), -1)[there, cell[there]] = False
    return left


def can_reach(free: Walls, start: Ints, goal: Ints) -> NDArray[np.bool_]:
    """Return [levels], whether a way leads from start to goal over free cells.

    None leads to or from a cell that is -1.
    """
    width = free.shape[2]
    seen = reached(free, start // width, start % width)
    found: NDArray[np.bool_] = seen.reshape(len(free), -1)[np.arange(len(free)), goal]
    return found


def arrange(
    terrain: Terrain,
    rng: np.random.Generator,
    draw: Callable[[Terrain, np.random.Generator], dict[str, Ints]],
    fine: Callable[[Terrain, dict[str, Ints]], NDArray[np.bool_]],
) -> dict[str, Ints]:
    """Return places [levels] for things, drawn again where they are not fine.

    Where `TRIES` rounds do not suffice, all places are -1: the layout cannot hold the
    things, or cuts them off from each other.
    """
    places = draw(terrain, rng)
    for _ in range(TRIES):
        laid = np.all([cell >= 0 for cell in places.values()], axis=0)
        again = np.flatnonzero(~(laid & fine(terrain, places)))
        if not len(again):
            return places
        for name, cell in draw(terrain[again], rng).items():
            places[name][again] = cell
    for cell in places.values():
        cell[again] = -1
    return places
