"""Levels with what agents do in them, as front ends take them."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..agents import Agent
from ..analysis.replay import play, retell
from ..mdp import Episodes, Floats
from ..worlds import Levels, is_own
from .own import own_data

ARROWS = string.digits + string.ascii_lowercase + "ABCD"  # four moves, ten tenths
EPISODE = 60  # moves after which a replay stops


def stratum_data(
    levels: Levels, done: Sequence[Sequence[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Return each level with what each agent does in it, see `done_by`."""
    if is_own(levels):
        return own_data(levels, done)
    return [
        {
            "walls": terrain(levels[i]),
            "start": int(levels.start[i]),
            "things": {name: int(cell[i]) for name, cell in levels.things.items()},
            "episodes": [each[i] for each in done],
        }
        for i in range(len(levels))
    ]


def terrain(level: Levels) -> str:
    """Return a digit a cell, 0 for floor, 1 for wall, 2 for lava."""
    return "".join(map(str, level.terrain[0].ravel().tolist()))


def done_by(agent: Agent, levels: Levels, seed: int) -> list[dict[str, Any]]:
    """Return an episode of an agent in each level, and its policy."""
    return episodes(levels, *play(agent, levels, EPISODE, seed))


def episodes(
    levels: Levels, policy: Floats | None, played: Episodes
) -> list[dict[str, Any]]:
    """Return an episode in each level, and the policy that it is one of.

    arrows: for each vacant cell in turn a sign for its likeliest move and how likely
    that is, the 10 * move + tenths of `ARROWS`, and "." where all are as likely. There
    are many episodes, and every sign counts in a page. None of what has no policy.
    """
    told = [vars(replay) for replay in retell(levels, played)]
    if policy is None or is_own(levels):  # whose states are no cells
        return [each | {"arrows": ""} for each in told]
    cells = policy[:, : levels.walls[0].size]
    most = cells.max(-1)
    signs = 10 * cells.argmax(-1) + np.clip((most * 10).astype(int), 0, 9)
    said = np.where(np.isclose(most, cells.min(-1)), ".", np.array(list(ARROWS))[signs])
    return [
        each | {"arrows": "".join(said[i, levels.vacant[i]])}
        for i, each in enumerate(told)
    ]
