"""Episodes retold: the cells that were walked through and what happened there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .. import arguments
from ..mdp import Floats, Ints, rollout
from ..worlds import Levels


@dataclass(frozen=True)
class Replay:
    """One episode retold.

    cells: walked through, the start first. events: [step, name] pairs, steps from 1.
    end: the events that ended it, or "time".
    """

    cells: list[int]
    events: list[list[int | str]]
    end: str


def replays(levels: Levels, policy: Floats, steps: int, seed: int) -> list[Replay]:
    """Return one episode of at most `steps` moves in every level."""
    rng = np.random.default_rng([arguments.seed("seed", seed), 31])
    played = rollout(levels.tables(), policy, steps, rng)
    pairs = zip(played.states[:, 0], played.branches[:, 0], strict=True)
    return [_retold(levels[i], *pair) for i, pair in enumerate(pairs)]


def _retold(level: Levels, states: Ints, branches: Ints) -> Replay:
    tables = level.tables()
    end = tables.shape[1] - 1
    cells: list[int] = [int(level.start[0])]
    events: list[list[int | str]] = []
    taken = zip(states, branches, strict=False)
    for step, (state, branch) in enumerate(taken, start=1):
        flag, cell = divmod(int(state), level.walls[0].size)
        move = branch // tables.outcomes
        onto = level.world.step(level, *(np.array([[k]]) for k in (cell, flag, move)))
        cells.append(int(onto[0][0, 0]))
        happened = np.flatnonzero(tables.events[0, state, branch])
        names = [tables.event_names[e] for e in happened]
        events += [[step, name] for name in names]
        if tables.next_state[0, state, branch] == end:
            return Replay(cells, events, " and ".join(names))
    return Replay(cells, events, "time")
