"""The MiniGrid and Gymnasium face of every world.

Movement, walls and drawing are MiniGrid's own; what a move does follows from the
world's rules, played on a batch of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from minigrid.core.constants import COLOR_TO_IDX, IDX_TO_OBJECT, OBJECT_TO_IDX
from minigrid.core.grid import Grid
from minigrid.core.mission import MissionSpace
from minigrid.core.world_object import Lava, Wall, WorldObj
from minigrid.minigrid_env import MiniGridEnv
from minigrid.utils.rendering import fill_coords

from .. import arguments
from ..styles import SHAPES, Outline
from .layouts import FREE, WALL
from .levels import FACING, Levels, Thing
from .registry import world_of
from .tabulate import MOVES
from .world import World


class Tile(WorldObj):
    """What lies in one cell; it can be walked onto.

    Its encoding has the type and colour of the topmost thing and, as state, one bit
    for each look of the things that lie here. things: one of each look.
    """

    def __init__(self, world: World, bits: int) -> None:
        self.things = [t for i, t in enumerate(world.appearances) if bits >> i & 1]
        self.bits = bits
        super().__init__(*self.things[0].tile)

    def can_overlap(self) -> bool:
        """Return True: everything here is used by walking onto it."""
        return True

    def encode(self) -> tuple[int, int, int]:
        """Return type, colour and the bits of what lies here."""
        return OBJECT_TO_IDX[self.type], COLOR_TO_IDX[self.color], self.bits

    def render(self, img: np.ndarray) -> None:  # type: ignore[override]
        """Draw what lies here, the topmost thing last."""
        for thing in reversed(self.things):
            colour = tuple(int(thing.colour[i : i + 2], 16) for i in (1, 3, 5))
            fill_coords(img, inside(SHAPES[thing.shape]), colour)


def code_of(world: World, things: list[Thing]) -> tuple[int, int, int]:
    """Return MiniGrid's code of things in one cell: type, colour, a bit for a look.

    A thing without features cannot be seen and leaves no trace; (1, 0, 0) is empty.
    """
    seen = [t for t in things if t.features]
    if not seen:
        return OBJECT_TO_IDX["empty"], 0, 0
    kind, colour = seen[0].tile
    here = {t.features for t in seen}
    bits = sum(1 << i for i, t in enumerate(world.appearances) if t.features in here)
    return OBJECT_TO_IDX[kind], COLOR_TO_IDX[colour], bits


def draw_code(
    world: World, code: tuple[int, ...], facing: int | None, size: int
) -> np.ndarray:
    """Return the picture of a cell [size, size, 3], with an agent if it faces a way."""
    kind = IDX_TO_OBJECT[int(code[0])]
    if code[2]:
        cell: WorldObj | None = Tile(world, int(code[2]))
    else:
        cell = {"wall": Wall(), "lava": Lava()}.get(kind)
    with _own_tiles(world.name):
        return Grid.render_tile(cell, facing, tile_size=size).astype(np.uint8)


_tiles: dict[str, dict[Any, Any]] = {}


@contextmanager
def _own_tiles(world: str) -> Iterator[None]:
    """Give MiniGrid a tile cache of this world: the same code looks different in each.

    Its cache is one for all environments, by a tile's encoding alone.
    """
    shared = Grid.tile_cache
    Grid.tile_cache = _tiles.setdefault(world, {})
    try:
        yield
    finally:
        Grid.tile_cache = shared


def inside(outline: Outline) -> Callable[[float, float], bool]:
    """Return a test of whether (x, y) lies within a polygon (even-odd rule)."""
    edges = list(zip(outline, outline[1:] + outline[:1], strict=True))

    def test(x: float, y: float) -> bool:
        crossed = [
            (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0
            for (x0, y0), (x1, y1) in edges
        ]
        return sum(crossed) % 2 == 1

    return test


class GridEnv(MiniGridEnv):
    """One world as a MiniGrid environment with four moves.

    Action m (0 right, 1 down, 2 left, 3 up) turns the agent to direction m and lets
    MiniGrid step forward. The reward is the base objective's, undiscounted; `info`
    names the `events` of the step. An episode terminates as the world says and is
    truncated after `max_steps`.

    world: a name or a world. shift: (goal, layout) of the levels that `reset` draws;
    `reset(options={"shift": ...})` changes it, `options={"level": levels[i]}` plays a
    certain level. Other options as keywords are the world's.
    """

    metadata = MiniGridEnv.metadata | {
        "render_modes": ["human", "rgb_array", "ansi"],
    }

    def __init__(
        self,
        world: Any = "cheese",
        shift: tuple[float, float] = (0.0, 0.0),
        max_steps: int | None = None,
        render_mode: str | None = None,
        highlight: bool = False,
        tile_size: int = 32,
        **options: Any,
    ) -> None:
        self.world = world_of(world, options)
        self.shift = check_shift(shift)
        self.flag = 0
        self._given: Levels | None = None
        self.level: Levels = self.world.sample(1)
        height, width = self.world.shape
        limit = 4 * height * width if max_steps is None else max_steps
        super().__init__(
            mission_space=MissionSpace(mission_func=lambda: self.world.mission),
            width=width,
            height=height,
            max_steps=arguments.whole("max_steps", limit, 1),
            see_through_walls=True,
            render_mode=None if render_mode == "ansi" else render_mode,
            highlight=highlight,
            tile_size=arguments.whole("tile_size", tile_size, 1),
        )
        self.render_mode = render_mode
        self.action_space = spaces.Discrete(len(MOVES))

    def reset(  # type: ignore[override]
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Draw a level at the shift and return (observation, info).

        options: `shift`, a pair (goal, layout) from now on; `level`, a batch of one.
        Raises ValueError for another option, or a level of another world.
        """
        options = dict(options or {})
        for name in options:
            arguments.one_of("option of reset", name, ["shift", "level"])
        if "shift" in options:
            self.shift = check_shift(options["shift"])
        self._given = self._checked(options.get("level"))
        observation, info = super().reset(seed=check_seed(seed))
        return observation, {**info, "events": []}

    def _checked(self, level: Any) -> Levels | None:
        if level is None:
            return None
        if (
            not isinstance(level, Levels)
            or level.world != self.world
            or len(level) != 1
        ):
            raise ValueError(f"level={level!r}; allowed: one level of {self.world!r}.")
        return level

    def _gen_grid(self, width: int, height: int) -> None:
        if self._given is None:
            seed = int(self.np_random.integers(2**62))
            self.level = self.world.sample(1, *self.shift, seed=seed)
        else:
            self.level = self._given
        self.flag = 0
        self._lay()
        start = int(self.level.start[0])
        self.agent_pos = (start % width, start // width)
        self.agent_dir = 0
        self.mission = self.world.mission

    def _lay(self) -> None:
        """Lay walls and the things that are there under the present flag."""
        self.grid = Grid(self.width, self.height)
        for y, x in np.argwhere(self.level.terrain[0] != FREE):
            wall = self.level.terrain[0, y, x] == WALL
            self.grid.set(int(x), int(y), Wall() if wall else Lava())
        lies = self.world.visible(self.level, self.flag)
        for cell in {int(c[0]) for c in lies.values()} - {-1}:
            x, y = cell % self.width, cell // self.width
            bits = code_of(self.world, self._things_at(x, y))[2]
            if bits:
                self.grid.set(x, y, Tile(self.world, bits))

    def step(  # type: ignore[override]
        self, action: Any
    ) -> tuple[dict[str, Any], float, bool, bool, dict[str, Any]]:
        """Turn to direction `action` and step forward."""
        if not self.action_space.contains(action):
            raise ValueError(f"action={action!r} is not possible; allowed: 0 to 3.")
        cell, flag = np.array([[self._cell], [self.flag]])
        move = self.world.step(self.level, cell, flag, np.array([int(action)]))
        self.agent_dir = int(action)
        observation, _, _, truncated, info = super().step(self.actions.forward)
        if self.world.outcomes > 1 and not move.ended[0]:
            chance = self.world.outcome_chances(self.level, move.cell, move.flag)[0]
            outcome = np.array([self._draw(chance / chance.sum())])
            move = self.world.settle(self.level, move, outcome)
        if move.flag[0] != self.flag:
            self.flag = int(move.flag[0])
            self._lay()
            observation = self.gen_obs()
        events = [name for name in self.world.events if move.events[name][0]]
        pays = self.world.objectives[self.world.base]
        reward = float(sum(pays.get(event, 0.0) for event in events))
        info = {**info, "events": events}
        return observation, reward, bool(move.ended[0]), truncated, info

    @property
    def _cell(self) -> int:
        """The cell that the agent is in."""
        x, y = self.agent_pos
        return int(y) * self.width + int(x)

    def _draw(self, chance: np.ndarray) -> int:
        """Return one outcome of the world's turn."""
        return int(self.np_random.choice(len(chance), p=chance))

    def _things_at(self, x: int, y: int) -> list[Thing]:
        """Return what lies in a cell under the present flag, seen or unseen."""
        lies = self.world.visible(self.level, self.flag)
        cell = y * self.width + x
        return [t for t in self.world.things if lies[t.name][0] == cell]

    def render(self) -> Any:
        """Return the picture as an array, or as text where render_mode is "ansi"."""
        return self._text() if self.render_mode == "ansi" else super().render()

    def get_frame(self, *args: Any, **kwargs: Any) -> Any:
        """Return the picture, as MiniGrid does, with tiles kept apart by world."""
        with _own_tiles(self.world.name):
            return super().get_frame(*args, **kwargs)

    def _text(self) -> str:
        rows = []
        for y in range(self.height):
            row = ""
            for x in range(self.width):
                tile = self.grid.get(x, y)
                if (x, y) == tuple(self.agent_pos):
                    row += FACING[self.agent_dir]
                elif isinstance(tile, Tile):
                    row += tile.things[0].letter
                else:
                    kind = "" if tile is None else tile.type
                    row += {"": ".", "lava": "~"}.get(kind, "#")
            rows.append(row)
        return "\n".join(rows)


class SymbolicObs(gymnasium.ObservationWrapper[Any, Any, Any]):
    """Observations as planes [planes, height, width] of 0 and 1, uint8.

    Walls, what can be seen, and where the agent is; the same as those of the vector
    environments. env: a `GridEnv`, wrapped or not.
    """

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        grid = self.unwrapped
        if not isinstance(grid, GridEnv):
            raise ValueError(f"env={env!r} is none of ours; allowed: a robustkit env.")
        self.grid = grid
        shape = 2 + len(grid.world.features), *grid.world.shape
        self.observation_space = spaces.Box(0, 1, shape, np.uint8)

    def observation(self, observation: Any) -> np.ndarray:
        """Return the planes instead of what MiniGrid shows."""
        cell, flag = np.array([[self.grid._cell], [self.grid.flag]])
        return self.grid.level.seen_from(cell, flag)[0]


def check_shift(shift: Any) -> tuple[float, float]:
    """Return a shift as (goal, layout); raise ValueError for anything else."""
    try:
        goal, layout = shift
    except (TypeError, ValueError):
        raise ValueError(
            f"shift={shift!r} is not possible; allowed: a pair (goal, layout) of "
            "numbers from 0 to 1."
        ) from None
    return arguments.fraction("goal", goal), arguments.fraction("layout", layout)


def check_seed(seed: Any) -> int | None:
    """Return a seed or None; raise ValueError for anything else."""
    return None if seed is None else arguments.seed("seed", seed)
