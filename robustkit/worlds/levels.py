"""Things, and batches of levels in which they lie, drawn or laid by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .. import arguments
from ..mdp import Ints, Tables
from ..styles import THINGS
from .layouts import FREE, LAVA, WALL, Bools, Terrain, Walls

if TYPE_CHECKING:
    from .world import World

STRATUM_NAMES = (
    "familiar layout, objectives agree",
    "familiar layout, objectives part",
    "unfamiliar layout, objectives agree",
    "unfamiliar layout, objectives part",
)
AGENT = "A"  # its letter
FACING = (">", "v", "<", "^")  # ... where it is seen which way it looks
SIGNS = {".": FREE, "#": WALL, "~": LAVA}  # the letters of the terrain
# MiniGrid's own that a thing can be; its others are terrain, the agent, or no thing
TILE_TYPES = ("ball", "box", "door", "floor", "goal", "key")
TILE_COLOURS = ("blue", "green", "grey", "purple", "red", "yellow")
TILE_STATES = 3  # as many as MiniGrid has
ITSELF = ("",)  # the features of a thing that is seen as what it is


@dataclass(frozen=True)
class Thing:
    """Something that lies in a cell and is used by walking onto it.

    shape, colour and letter all tell it apart; `tile` is its MiniGrid type and colour.
    features: what an agent sees of it, one plane for each word; its own name by
    default, and () for something that cannot be seen.
    Raises ValueError for looks that cannot be drawn or that are the agent's.
    """

    name: str
    letter: str
    shape: str
    colour: str
    tile: tuple[str, str]
    features: tuple[str, ...] = ITSELF

    def __post_init__(self) -> None:
        if self.features == ITSELF:
            object.__setattr__(self, "features", (self.name,))
        whose = f"of thing {self.name!r}"
        if len(self.letter) != 1 or self.letter in (AGENT, *FACING, *SIGNS, " "):
            raise ValueError(
                f"letter {whose}={self.letter!r} is not possible; allowed: one sign, "
                f"none of the agent's ({AGENT} {' '.join(FACING)}) or of the terrain's "
                f"({' '.join(SIGNS)})."
            )
        if not re.fullmatch("#[0-9A-Fa-f]{6}", self.colour):
            allowed = "'#' and six hexadecimal digits"
            raise arguments.refusal(f"colour {whose}", self.colour, allowed)
        arguments.one_of(f"shape {whose}", self.shape, THINGS)
        kind, colour = self.tile
        arguments.one_of(f"type of the tile {whose}", kind, TILE_TYPES)
        arguments.one_of(f"colour of the tile {whose}", colour, TILE_COLOURS)


def check_looks(world: str, looks: int, lava: bool = False) -> None:
    """Raise ValueError where MiniGrid has no code for all that can lie in one cell.

    looks: how many different ones things have. lava: whether it can lie under them.
    """
    codes = len(TILE_TYPES) * len(TILE_COLOURS) * TILE_STATES
    where, piles = (" where there is lava", codes // 2) if lava else ("", codes)
    if 2**looks - 1 > piles:
        most = (piles + 1).bit_length() - 1
        raise ValueError(
            f"things of {world!r} have {looks} different looks; allowed: at most {most}"
            f"{where}, so that MiniGrid has a code for any of them in one cell."
        )


def check_things(world: str, things: Iterable[Thing], lava: bool = False) -> None:
    """Raise ValueError where two things share a name, or look alike in part.

    Things of the same features are several of one kind and share their looks. lava:
    whether there is any, see `check_looks`.
    """
    things = tuple(things)
    check_looks(world, len({t.features for t in things if t.features}), lava)
    names: set[str] = set()
    owners: dict[str, Thing] = {}
    for thing in things:
        if thing.name in names:
            raise ValueError(
                f"things of {world!r}: {thing.name!r} is there twice; allowed: each "
                "name once."
            )
        names.add(thing.name)
        owner = owners.setdefault(thing.letter, thing)
        if owner.features != thing.features:
            raise ValueError(
                f"things of {world!r}: {owner.name!r} and {thing.name!r} have the same "
                f"letter={thing.letter!r}; allowed: one for each kind of thing."
            )


@dataclass(frozen=True, eq=False)
class Levels:
    """A batch of levels of one world.

    terrain: [levels, height, width], `FREE`, `WALL` or `LAVA`. start: [levels], a cell.
    things: name to [levels], the cell it lies in, -1 where there is none.
    grades: name of each shift ("goal", "layout", "place") to [levels], the grade of it,
    0 as in training; see `World.shifts`.
    A cell is y * width + x.
    """

    world: World
    terrain: Terrain
    start: Ints
    things: dict[str, Ints]
    grades: dict[str, Ints]

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
            grades={name: grade[index] for name, grade in self.grades.items()},
        )

    def __iter__(self) -> Iterator[Levels]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        shares = {name: (grade > 0).mean() for name, grade in self.grades.items()}
        shifted = ", ".join(f"{name} {p:.0%}" for name, p in shares.items() if p > 0)
        how = f"shifted: {shifted}" if shifted else "as in training"
        return f"<{len(self)} levels of {self.world.name!r}, {how}>"

    def __str__(self) -> str:
        """Return the first levels as text, side by side."""
        drawn = [self._text(i) for i in range(min(len(self), 4))]
        return "\n".join("   ".join(row) for row in zip(*drawn, strict=True))

    def _text(self, i: int) -> list[str]:
        cells = np.array(list(SIGNS))[self.terrain[i]].ravel()
        for thing in reversed(self.world.things):
            if self.things[thing.name][i] >= 0:
                cells[self.things[thing.name][i]] = thing.letter
        cells[self.start[i]] = AGENT
        return ["".join(row) for row in cells.reshape(self.terrain.shape[1:])]

    @cached_property
    def walls(self) -> Walls:
        """[levels, height, width], True where nobody can go."""
        return self.terrain == WALL

    @cached_property
    def lava(self) -> Walls:
        """[levels, height, width], True where an episode ends for bad."""
        return self.terrain == LAVA

    @cached_property
    def goal_shifted(self) -> Bools:
        """[levels], whether base and proxies come apart."""
        return self.grades["goal"] > 0

    @cached_property
    def layout_shifted(self) -> Bools:
        """[levels], whether the layout is outside the training layouts."""
        return self.grades["layout"] > 0

    @cached_property
    def place_shifted(self) -> Bools:
        """[levels], whether base and proxies lie where nothing lay in training."""
        return self.grades["place"] > 0

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

    def planes(self, flag: Ints | int = 0) -> NDArray[np.float32]:
        """Return what an agent sees, [levels, 1 + features, height, width], 0 or 1.

        The first plane marks walls, the others what `World.features` names, as it
        stands when the flags of the state are `flag`, one for all levels or [levels].
        """
        features = self.world.features
        seen = self.world.visible(self, flag)
        shape = len(self), 1 + len(features), self.terrain[0].size
        planes = np.zeros(shape, np.float32)
        planes[:, 0] = self.walls.reshape(len(self), -1)
        if "lava" in features:
            planes[:, 1] = self.lava.reshape(len(self), -1)
        for thing in self.world.things:
            there = np.flatnonzero(seen[thing.name] >= 0)
            cell = seen[thing.name][there]
            for feature in thing.features:
                planes[there, 1 + features.index(feature), cell] = 1
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
    def vacant(self) -> Bools:
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


def concatenate(parts: Sequence[Levels]) -> Levels:
    """Return the levels of all parts as one batch.

    Raises ValueError for levels of different worlds.
    """
    for part in parts:
        if part.world != parts[0].world:
            raise ValueError(
                f"parts are levels of {parts[0].world!r} and of {part.world!r}; "
                "allowed: of one world."
            )
    return Levels(
        parts[0].world,
        np.concatenate([p.terrain for p in parts]),
        np.concatenate([p.start for p in parts]),
        {k: np.concatenate([p.things[k] for p in parts]) for k in parts[0].things},
        {k: np.concatenate([p.grades[k] for p in parts]) for k in parts[0].grades},
    )
