"""The MiniGrid and Gymnasium face of every world.

Movement, walls and drawing are MiniGrid's own; what a move does follows from the
world's rules, played on a batch of one.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import gymnasium
import numpy as np
from gymnasium import spaces
from minigrid.core.grid import Grid
from minigrid.core.world_object import Lava, Wall
from minigrid.minigrid_env import MiniGridEnv

from .. import arguments
from ..arguments import quote
from .layouts import FREE, WALL
from .levels import FACING, Levels
from .protocol import (
    RENDER_MODES,
    Mission,
    Way,
    check_move,
    check_options,
    check_render_mode,
    check_seed,
    check_switch,
)
from .registry import world_of
from .shifts import SHIFTS, Where, check_shifts
from .tabulate import MOVES, Move
from .tiles import Tile, looks_of, object_of
from .world import World


class GridEnv(MiniGridEnv):
    """One world as a MiniGrid environment with four moves.

    Action m (0 right, 1 down, 2 left, 3 up) turns the agent to direction m and lets
    MiniGrid step forward. The reward is the base objective's, undiscounted; `info`
    names the `events` of the step. An episode terminates as the world says and is
    truncated after `max_steps`. It can be pickled and copied at any time; the copy goes
    on alike.

    world: a name or a world. shift: (goal, layout) or (goal, layout, place) of the
    levels that `reset` draws, each as `World.sample` takes it;
    `reset(options={"shift": ...})` changes it, `options={"level": levels[i]}` plays a
    certain level. Other options as keywords are the world's.
    """

    metadata = MiniGridEnv.metadata | {"render_modes": [*RENDER_MODES]}

    def __init__(
        self,
        world: Any = "cheese",
        shift: tuple[Where, ...] = (0.0, 0.0),
        max_steps: int | None = None,
        render_mode: str | None = None,
        highlight: bool = False,
        tile_size: int = 32,
        **options: Any,
    ) -> None:
        self.world = world_of(world, options)
        self.shift = check_shift(self.world, shift)
        self.flag = 0
        self._given: Levels | None = None
        self.level: Levels = self.world.sample(1)
        height, width = self.world.shape
        limit = 4 * height * width if max_steps is None else max_steps
        mode = check_render_mode(render_mode, RENDER_MODES)
        super().__init__(
            mission_space=Mission(self.world.mission),
            width=width,
            height=height,
            max_steps=arguments.whole("max_steps", limit, 1),
            see_through_walls=True,
            render_mode=mode,
            highlight=check_switch("highlight", highlight),
            tile_size=arguments.whole("tile_size", tile_size, 1, 256),
        )
        self.actions = Way  # type: ignore[assignment]
        self.action_space = spaces.Discrete(len(MOVES))
        pays = self.world.pays[0]
        least, most = pays.clip(max=0).sum(), pays.clip(0).sum()
        self.reward_range = float(least), float(most)  # type: ignore[assignment]

    def reset(  # type: ignore[override]
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Draw a level at the shift and return (observation, info).

        options: `shift`, which holds from now on; `level`, a batch of one.
        Raises ValueError for another option, or a level of another world.
        """
        options = check_options(options, ["shift", "level"])
        if "shift" in options:
            self.shift = check_shift(self.world, options["shift"])
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
            self.level = draw(self.world, 1, self.shift, seed)
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
        looks = looks_of(self.level, self.flag)[0]
        for cell in np.flatnonzero(looks):
            y, x = divmod(int(cell), self.width)
            self.grid.set(x, y, object_of(self.world, int(looks[cell])))

    def step(  # type: ignore[override]
        self, action: Any
    ) -> tuple[dict[str, Any], float, bool, bool, dict[str, Any]]:
        """Turn to direction `action` and step forward."""
        if self.agent_pos is None:
            raise ValueError("step: call reset before the first step.")
        self.agent_dir = check_move(action)
        move = self._moved()
        if move.flag[0] != self.flag:
            self.flag = int(move.flag[0])
            self._lay()
        observation, _, _, truncated, info = super().step(Way.forward)
        events = [name for name in self.world.events if move.events[name][0]]
        pays = self.world.objectives[self.world.base]
        reward = float(sum(pays.get(event, 0.0) for event in events))
        info = {**info, "events": events}
        return observation, reward, bool(move.ended[0]), truncated, info

    def _moved(self) -> Move:
        """Return what stepping forward comes to, the world's own turn included."""
        world = self.world
        cell, flag, events, ended = moves_under(world, self.level, self.flag)
        at = slice(None), self._cell, self.agent_dir
        happens = {name: here[at] for name, here in events.items()}
        move = Move(cell[at], flag[at], happens, ended[at])
        if world.outcomes == 1 or move.ended[0]:
            return move
        chance = world.outcome_chances(self.level, move.cell, move.flag)[0]
        outcome = np.array([self._draw(chance / chance.sum())])
        return world.settle(self.level, move, outcome)

    @property
    def _cell(self) -> int:
        """The cell that the agent is in."""
        x, y = self.agent_pos
        return int(y) * self.width + int(x)

    def _draw(self, chance: np.ndarray) -> int:
        """Return one outcome of the world's turn."""
        return int(self.np_random.choice(len(chance), p=chance))

    def render(self) -> Any:
        """Return the picture as an array, or as text where render_mode is "ansi"."""
        if self.agent_pos is None:
            raise ValueError("render: call reset before the first picture.")
        return self._text() if self.render_mode == "ansi" else super().render()

    def close(self) -> None:
        """Close the window, if there is one; the next picture opens another."""
        super().close()
        self.window = self.clock = None

    def __getstate__(self) -> dict[str, Any]:
        """Return all that a copy goes on with: all but the window on the screen."""
        return {**self.__dict__, "window": None, "clock": None}

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


class SymbolicObs(
    gymnasium.ObservationWrapper[Any, Any, Any], gymnasium.utils.RecordConstructorArgs
):
    """Observations as planes [planes, height, width] of 0 and 1, uint8.

    Walls, what can be seen, and where the agent is; the same as those of the vector
    environments. env: a `GridEnv`, wrapped or not.
    """

    def __init__(self, env: Any) -> None:
        gymnasium.utils.RecordConstructorArgs.__init__(self)
        super().__init__(env)
        grid = self.unwrapped
        if not isinstance(grid, GridEnv):
            raise ValueError(
                f"env={quote(env)} is not one of ours; allowed: a robustkit env."
            )
        self.grid = grid
        shape = 2 + len(grid.world.features), *grid.world.shape
        self.observation_space = spaces.Box(0, 1, shape, np.uint8)

    def observation(self, observation: Any) -> np.ndarray:
        """Return the planes instead of what MiniGrid shows."""
        cell, flag = np.array([[self.grid._cell], [self.grid.flag]])
        return self.grid.level.seen_from(cell, flag)[0]


# What has been worked out of levels that are still in use. It is kept here, as it is
# no part of an environment's state: neither copied nor compared with it.
_moves: WeakKeyDictionary[Levels, dict[int, Move]] = WeakKeyDictionary()


def moves_under(world: World, level: Levels, flag: int) -> Move:
    """Return what every move in a level comes to under a flag, [1, cells, moves].

    That is hardly dearer than one move.
    """
    known = _moves.setdefault(level, {})
    if flag not in known:
        cells = np.arange(level.terrain[0].size)[None, :, None]
        flags, moves = np.array([[[flag]]]), np.arange(len(MOVES))
        known[flag] = world.step(level, cells, flags, moves)
    return known[flag]


def check_shift(world: World, shift: Any) -> tuple[Where, ...]:
    """Return a shift as (goal, layout) or (goal, layout, place), as it was given.

    Raises ValueError for anything else, or what the world does not have.
    """
    try:
        goal, layout, *more = shift
        (place,) = more or [0.0]
    except (TypeError, ValueError):
        raise ValueError(
            f"shift={shift!r} is not possible; allowed: (goal, layout) or (goal, "
            'layout, place), numbers from 0 to 1, or "anywhere" for goal.'
        ) from None
    checked = check_shifts(world, goal, layout, place)
    return tuple(checked.values())[: 2 + len(more)]


def draw(world: World, n: int, shift: tuple[Where, ...], seed: int) -> Levels:
    """Return n levels at a shift that `check_shift` gave."""
    named: dict[str, Any] = dict(zip(SHIFTS, shift, strict=False))
    return world.sample(n, **named, seed=seed)
