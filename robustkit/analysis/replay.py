"""Episodes retold: the cells that were visited and what happened there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .. import arguments
from ..agents import Agent
from ..mdp import Episodes, Floats, Ints, rollout
from ..worlds import Levels, OwnLevels
from ..worlds.layouts import Bools


@dataclass(frozen=True)
class Replay:
    """One episode retold.

    cells: walked through, the start first. events: [step, name] pairs, steps from 1.
    end: the events that ended it, or "time". moved: [step, name, cell] of each thing
    that then lies elsewhere, cell -1 when it is gone.
    """

    cells: list[int]
    events: list[list[int | str]]
    end: str
    moved: list[list[int | str]]


def replays(levels: Levels, policy: Floats, steps: int, seed: int) -> list[Replay]:
    """Return one episode of at most `steps` moves in every level."""
    return retell(levels, rollout(levels.tables(), policy, steps, _luck(seed)))


def play(
    agent: Agent, levels: Levels, steps: int, seed: int
) -> tuple[Floats | None, Episodes]:
    """Return an agent's policy, and an episode of it in every level.

    The policy is None for an agent that remembers or draws its moves at random.
    """
    agent.check(levels)
    if not agent.tabular:
        return None, agent.episodes(levels, steps, _luck(seed))
    policy = agent.policy(levels)
    return policy, rollout(levels.tables(), policy, steps, _luck(seed))


def _luck(seed: int) -> np.random.Generator:
    return np.random.default_rng([arguments.seed("seed", seed), 31])


def retell(levels: Levels, played: Episodes) -> list[Replay]:
    """Return the first episode in every level, retold."""
    states, end = played.states[:, 0], played.tables.shape[1] - 1
    cells, lies = _way(levels, states, played.actions[:, 0])
    moves = (states[:, :-1] != end).sum(1).tolist()
    over = (states[:, -1] == end).tolist()
    names = played.tables.event_names
    each = zip(cells.tolist(), played.events[:, 0], moves, over, strict=True)
    return [
        _retold(names, *episode, {name: at[i] for name, at in lies.items()})
        for i, episode in enumerate(each)
    ]


def _way(
    levels: Levels | OwnLevels, states: Ints, moves: Ints
) -> tuple[Ints, dict[str, Ints]]:
    """Return the cells [levels, steps + 1] of the agent, and those of each thing."""
    if isinstance(levels, OwnLevels):
        return levels.way(states, moves), {}
    # The end is no cell: where the last move led, too, is asked of the world.
    last = levels.world.states - 2
    flag, cell = divmod(np.minimum(states, last), levels.walls[0].size)
    onto = levels.world.step(levels, cell[:, :-1], flag[:, :-1], moves)
    flag[:, 1:] = np.where(states[:, 1:] > last, onto.flag, flag[:, 1:])
    lies = levels.world.visible(levels, flag)
    return np.column_stack([levels.start, onto.cell]), lies


def _retold(
    names: Sequence[str],
    cells: list[int],
    happened: Bools,
    moves: int,
    over: bool,
    lies: dict[str, Ints],
) -> Replay:
    """Return the first moves of an episode; over: whether the last one ended it.

    lies: each thing's cell [steps + 1].
    """
    found = zip(*happened[:moves].nonzero(), strict=True)
    events: list[list[int | str]] = [[int(step) + 1, names[e]] for step, e in found]
    last = [str(name) for step, name in events if step == moves]
    moved: list[list[int | str]] = [
        [int(step) + 1, name, int(at[step + 1])]
        for name, at in lies.items()
        for step in np.flatnonzero(np.diff(at[: moves + 1]))
    ]
    end = " and ".join(last) if over else "time"
    return Replay(cells[: moves + 1], events, end, moved)
