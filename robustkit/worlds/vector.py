"""Every world as a Gymnasium vector environment on the batched engine.

All copies step at once by table look-up: a step is one gather from next_state. Levels
come from a pool that is drawn and tabulated when the environment is made or reseeded.
Worlds with chance are stepped by their own batched rules instead.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from minigrid.core.constants import OBJECT_TO_IDX
from numpy.typing import NDArray

from .. import arguments
from ..mdp import Floats, Ints, Tables
from . import protocol
from .levels import Levels
from .minigrid import check_shift, draw
from .registry import world_of
from .rollout import take
from .shifts import Where
from .tabulate import MOVES
from .tiles import codes_of, draw_code

OBSERVATIONS = ("symbolic", "minigrid", "image")
POOL_STATES = 2_000_000  # a pool is made smaller where levels have many states


class VectorGridEnv(VectorEnv[Any, Any, Any]):
    """Many copies of one world, stepped together.

    world: a name or a world; other options as keywords are the world's. num_envs:
    copies. shift: as for `GridEnv`. pool: levels to draw from at every reset.
    observation: "symbolic" for planes [copies, planes, height, width] of 0 and 1
    (walls, features, agent); "minigrid" for what MiniGrid's FullyObsWrapper gives as
    image, [copies, width, height, 3]; "image" for pixels. All are uint8.
    autoreset_mode: when a copy whose episode ended starts again. With SAME_STEP, infos
    hold `final_obs` and `final_info`. `infos["events"]` is [copies, events], which of
    `world.events` happened.
    """

    def __init__(
        self,
        world: Any = "cheese",
        num_envs: int = 1,
        shift: tuple[Where, ...] = (0.0, 0.0),
        max_steps: int | None = None,
        observation: str = "symbolic",
        pool: int = 1024,
        tile_size: int = 8,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        render_mode: str | None = None,
        **options: Any,
    ) -> None:
        self.world = world_of(world, options)
        self.num_envs = arguments.whole("num_envs", num_envs, 1)
        self.shift = check_shift(self.world, shift)
        self.observation = arguments.one_of("observation", observation, OBSERVATIONS)
        self.autoreset_mode = protocol.check_autoreset(autoreset_mode)
        self.metadata = {"autoreset_mode": self.autoreset_mode, "render_modes": []}
        self.tile_size = arguments.whole("tile_size", tile_size, 4, 64)
        height, width = self.world.shape
        limit = 4 * height * width if max_steps is None else max_steps
        self.max_steps = arguments.whole("max_steps", limit, 1)
        self.pool = arguments.whole("pool", pool, 1)
        if self.world.outcomes == 1:
            self.pool = min(self.pool, max(1, POOL_STATES // self.world.states))
        self.render_mode = protocol.check_render_mode(render_mode, ())
        self.single_action_space = spaces.Discrete(len(MOVES))
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self.single_observation_space = spaces.Box(0, 255, self._shape(), np.uint8)
        self.observation_space = batch_space(
            self.single_observation_space, self.num_envs
        )
        self._levels: Levels | None = None
        self._tile_numbers: dict[int, int] = {}
        shape = 0, 5, self.tile_size, self.tile_size, 3
        self._tiles = np.zeros(shape, np.uint8)
        self.ended = np.zeros(self.num_envs, bool)

    def _shape(self) -> tuple[int, ...]:
        height, width = self.world.shape
        return {
            "symbolic": (2 + len(self.world.features), height, width),
            "minigrid": (width, height, 3),
            "image": (height * self.tile_size, width * self.tile_size, 3),
        }[self.observation]

    # Resetting

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        """Start an episode in every copy and return (observations, infos).

        seed: draws a new pool of levels. options: `shift`, from now on, which
        does so too; `reset_mask`, [copies], which of them to start again.
        """
        options = protocol.check_options(options, ["shift", "reset_mask"])
        anew = seed is not None or self._levels is None or "shift" in options
        mask = protocol.check_mask(options.get("reset_mask"), self.num_envs, anew)
        super().reset(seed=protocol.check_seed(seed))
        if "shift" in options:
            self.shift = check_shift(self.world, options["shift"])
        if anew:
            self._draw_pool()
        self._restart(np.flatnonzero(mask))
        return self.observe(), {}

    def _draw_pool(self) -> None:
        seed = int(self.np_random.integers(2**62))
        self._levels = levels = draw(self.world, self.pool, self.shift, seed)
        self._backdrop: NDArray[np.uint8] | None = None
        if self.world.outcomes == 1:
            self._list(levels)
        self._level = np.zeros(self.num_envs, np.int32)
        self._state = np.zeros(self.num_envs, np.int32)
        self._facing = np.zeros(self.num_envs, np.int8)
        self._steps = np.zeros(self.num_envs, np.int32)
        self._seen = np.zeros(self.num_envs, np.int32)
        self._cell = np.zeros(self.num_envs, np.int64)
        self._flag = np.zeros(self.num_envs, np.int64)

    def _list(self, levels: Levels) -> None:
        """Note what every move in these levels leads to, pays and shows."""
        tables = self.world.tabulate(levels, scaled=False)
        n, states, actions = tables.shape
        level = np.arange(n)[:, None, None]
        self._follow = tables.flat
        self._ends = (tables.next_state == states - 1).ravel()
        shows = level * (states - 1) + self._shown(tables)
        self._shows = shows.astype(np.int32).ravel()
        self._pays = tables.rewards[..., 0].ravel()
        self._happens = tables.events.reshape(n * states * actions, -1)
        self._states = states
        flags = range(self.world.flags)
        drawn = np.stack([self._draw(levels, flag) for flag in flags], 1)
        self._backdrop = drawn.reshape(-1, *drawn.shape[2:])

    def _shown(self, tables: Tables) -> Ints:
        """Return [levels, states, actions], the state that is seen after a move.

        Where the move ends the episode, that is the cell it leads onto, with the flags
        from before: what the agent sees last.
        """
        (height, width), end = self.world.shape, tables.shape[1] - 1
        flag, cell = np.divmod(np.arange(end + 1)[:, None], height * width)
        ahead = (cell + np.array([1, width, -1, -width])) % (height * width)
        last = np.minimum(flag * height * width + ahead, end - 1)
        return np.where(tables.next_state == end, last, tables.next_state)

    def _restart(self, copies: Ints) -> None:
        assert self._levels is not None
        level = self.np_random.integers(self.pool, size=len(copies))
        self._level[copies] = level
        self._facing[copies] = self._steps[copies] = 0
        self.ended[copies] = False
        if self.world.outcomes == 1:
            first = self._levels.start[level]
            self._state[copies] = level * self._states + first
            self._seen[copies] = level * (self._states - 1) + first
        elif len(copies):
            self._cell[copies], self._flag[copies] = self._levels.start[level], 0
            self._mine = self._levels[self._level]

    # Stepping

    def step(
        self, actions: Any
    ) -> tuple[NDArray[np.uint8], Any, Any, Any, dict[str, Any]]:
        """Take one move in every copy.

        actions: [copies], 0 to 3. Returns (observations, rewards, terminations,
        truncations, infos). A copy whose episode ended before this step ignores its
        action and starts again where the mode is NEXT_STEP.
        Raises ValueError for actions out of range or of another shape.
        """
        move = np.asarray(actions)
        if move.shape != (self.num_envs,) or move.dtype.kind not in "iu":
            raise ValueError(
                f"actions has shape {move.shape} and type {move.dtype}; allowed: "
                f"{(self.num_envs,)} whole numbers."
            )
        if move.min() < 0 or move.max() > 3:
            raise ValueError(
                f"actions holds {move.min()} to {move.max()}; allowed: 0 to 3."
            )
        if self._levels is None:
            raise ValueError("step: call reset before the first step.")
        waiting = self.ended.copy()
        if self.autoreset_mode is AutoresetMode.DISABLED and waiting.any():
            raise ValueError(
                f"copies {np.flatnonzero(waiting)} have ended; allowed: reset them "
                'with reset(options={"reset_mask": ...}) first.'
            )
        advance = self._look_up if self.world.outcomes == 1 else self._play
        rewards, happens, terminated = advance(move)
        self._facing = move.astype(np.int8)
        self._steps += 1
        truncated = self._steps >= self.max_steps
        if waiting.any():
            for array in (rewards, terminated, truncated, happens):
                array[waiting] = 0
            self._restart(np.flatnonzero(waiting))
        self.ended = terminated | truncated
        infos = {"events": happens, "_events": np.ones(self.num_envs, bool)}
        if self.autoreset_mode is AutoresetMode.SAME_STEP and self.ended.any():
            infos = self._finish(infos)
        return self.observe(), rewards, terminated, truncated, infos

    def _look_up(self, move: Ints) -> tuple[Floats, NDArray[Any], NDArray[Any]]:
        """Take moves by table look-up; return rewards, events, what has terminated."""
        index = self._state * len(MOVES) + move
        self._state, self._seen = self._follow.take(index), self._shows.take(index)
        happens = self._happens.take(index, axis=0)
        return self._pays.take(index), happens, self._ends.take(index)

    def _play(self, move: Ints) -> tuple[Floats, NDArray[Any], NDArray[Any]]:
        """Do what `_look_up` does by the world's rules, chance included."""
        came = take(self._mine, self._cell, self._flag, move, self.np_random)
        self._cell, self._flag = came.cell.copy(), came.flag.copy()
        happens = np.stack([came.events[name] for name in self.world.events], 1)
        return happens @ self.world.pays[0], happens, came.ended.copy()

    def _finish(self, infos: dict[str, Any]) -> dict[str, Any]:
        """Start ended copies again at once; what they ended with goes to the infos."""
        ended = self.ended.copy()
        final = np.full(self.num_envs, None, object)
        for copy, seen in zip(
            np.flatnonzero(ended), self.observe()[ended], strict=True
        ):
            final[copy] = seen
        last = {"events": infos["events"] * ended[:, None], "_events": ended}
        self._restart(np.flatnonzero(ended))
        return {
            "events": infos["events"] & ~ended[:, None],
            "_events": infos["_events"],
            "final_obs": final,
            "_final_obs": ended,
            "final_info": last,
            "_final_info": ended,
        }

    # Observing

    def _draw(self, levels: Levels, flag: Any) -> NDArray[np.uint8]:
        """Return all that is seen but the agent, [levels, cells, channels].

        flag: one for all levels, or [levels]. The last channel is left to the agent.
        """
        if self.observation == "symbolic":
            planes = levels.planes(flag)
            n, count = planes.shape[:2]
            seen = np.zeros((n, planes[0, 0].size, count + 1), np.uint8)
            seen[..., :-1] = planes.reshape(n, count, -1).swapaxes(1, 2)
            return seen
        codes = codes_of(levels, flag)
        if self.observation == "minigrid":
            return codes
        return self._number_tiles(codes)

    def _number_tiles(self, codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the number of each cell's tile, [.., cells, 1], and keep the tiles."""
        packed = codes.astype(np.int32) @ [1, 256, 65536]
        for code in np.unique(packed).tolist():
            if code not in self._tile_numbers:
                kind = code % 256, code // 256 % 256, code // 65536
                facings = (None, 0, 1, 2, 3)
                size = self.tile_size
                tile = [draw_code(self.world, kind, way, size) for way in facings]
                self._tile_numbers[code] = len(self._tile_numbers)
                self._tiles = np.concatenate([self._tiles, [tile]])
        known = np.array(list(self._tile_numbers))
        order = known.argsort()
        number = order[np.searchsorted(known, packed, sorter=order)]
        return number[..., None].astype(np.uint8)

    def level(self, copy: int) -> Levels:
        """Return the level that a copy is in."""
        if self._levels is None:
            raise ValueError("level: call reset first.")
        return self._levels[int(self._level[copy])]

    def observe(self) -> NDArray[np.uint8]:
        """Return what every copy sees now."""
        copies = np.arange(self.num_envs)
        height, width = self.world.shape
        if self._backdrop is None:
            cell, seen = self._cell, self._draw(self._mine, self._flag)
        else:
            which = self._seen // (height * width)
            cell = self._seen - which * (height * width)
            seen = self._backdrop.take(which, axis=0)
        if self.observation == "symbolic":
            seen[copies, cell, -1] = 1
            return np.moveaxis(seen.reshape(len(copies), height, width, -1), -1, 1)
        if self.observation == "minigrid":
            seen[copies, cell] = 0
            seen[copies, cell, 0] = OBJECT_TO_IDX["agent"]
            seen[copies, cell, 2] = self._facing
            return seen.reshape(-1, height, width, 3).swapaxes(1, 2)
        size, kind = self.tile_size, seen[..., 0].astype(np.intp)
        row = kind.reshape(-1, height, 1, width) * size + np.arange(size)[:, None]
        rows = self._tiles[:, 0].reshape(-1, size * 3).take(row, axis=0)
        picture = rows.reshape(-1, height, size, width, size, 3)
        agent = self._tiles[kind[copies, cell], 1 + self._facing]
        picture[copies, cell // width, :, cell % width] = agent
        return picture.reshape(-1, height * size, width * size, 3)
