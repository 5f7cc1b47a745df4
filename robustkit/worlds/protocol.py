"""What Gymnasium and MiniGrid ask of an environment: moves, the mission, arguments."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from gymnasium.spaces import Text
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import read_from_shared_memory
from minigrid.core.mission import MissionSpace
from numpy.typing import NDArray

from .. import arguments

RENDER_MODES = "human", "rgb_array", "ansi"


class Way(IntEnum):
    """The four moves, and at last what MiniGrid makes of each: a step forward."""

    right = 0
    down = 1
    left = 2
    up = 3
    forward = 4


class Mission(MissionSpace, Text):  # type: ignore[misc]
    """The space of a single mission.

    As it is a `Text` too, Gymnasium can flatten it and share it between processes; and
    it can be pickled, which a `MissionSpace` with a function of its own cannot.
    """

    ordered_placeholders = None

    def __init__(self, mission: str) -> None:
        self.mission = mission
        signs = "".join(sorted(set(mission)))
        Text.__init__(self, len(mission), min_length=len(mission), charset=signs)

    def mission_func(self) -> str:
        """Return the mission."""
        return self.mission

    def __repr__(self) -> str:
        return f"Mission({self.mission!r})"


@read_from_shared_memory.register(Mission)
def _read_mission(space: Mission, memory: Any, n: int = 1) -> tuple[str, ...]:
    """Return the mission of n copies: a text is read once, before any is written."""
    return (space.mission,) * n


def check_move(action: Any) -> int:
    """Return a move as an int; raise ValueError for anything but a whole number."""
    move = arguments.plain(action)
    if not isinstance(move, int) or not 0 <= move < Way.forward:
        allowed = "a whole number from 0 to 3 (right, down, left, up)"
        raise arguments.refusal("action", action, allowed)
    return move


def check_render_mode(given: Any, allowed: tuple[str, ...]) -> str | None:
    """Return a render mode or None; raise ValueError for another."""
    if given is None or (isinstance(given, str) and given in allowed):
        return given
    modes = ", ".join(["None", *map(repr, allowed)])
    raise arguments.refusal("render_mode", given, modes)


def check_autoreset(given: Any) -> AutoresetMode:
    """Return when copies start again; raise ValueError for no such mode."""
    modes = {mode.value: mode for mode in AutoresetMode}
    word = getattr(given, "value", given)
    return modes[arguments.one_of("autoreset_mode", word, modes)]


def check_switch(name: str, given: Any) -> bool:
    """Return True or False; raise ValueError for anything else."""
    if isinstance(given, bool | np.bool_):
        return bool(given)
    raise arguments.refusal(name, given, "True or False")


def check_seed(seed: Any) -> int | None:
    """Return a seed or None; raise ValueError for anything else."""
    return None if seed is None else arguments.seed("seed", seed)


def check_options(options: Any, allowed: list[str]) -> dict[str, Any]:
    """Return the options of a reset; raise ValueError for one that is not known."""
    if options is None:
        return {}
    if not isinstance(options, dict):
        names = " and ".join(allowed)
        raise arguments.refusal("options", options, f"a dict of {names}")
    for name in options:
        arguments.one_of("option of reset", name, allowed)
    return dict(options)


def check_mask(mask: Any, copies: int, anew: bool) -> NDArray[np.bool_]:
    """Return which copies to start again, [copies], all if None.

    anew: whether levels are drawn anew. Raises ValueError for what is no mask, or one
    that leaves a copy in a level that is gone.
    """
    which = np.ones(copies, bool) if mask is None else np.asarray(mask)
    if which.shape != (copies,) or which.dtype != bool:
        raise ValueError(
            f"reset_mask has shape {which.shape} and type {which.dtype}; allowed: "
            f"{(copies,)} truth values."
        )
    if anew and not which.all():
        raise ValueError(
            "reset_mask leaves out some copies; allowed: all of them where levels are "
            "drawn anew (the first time, and with a seed or a shift)."
        )
    return which
