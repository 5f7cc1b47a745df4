"""Episodes: a batch of them played by a policy in tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .tables import Floats, Tables, check_policy


@dataclass(frozen=True, eq=False)
class Episodes:
    """What happened in a batch of episodes.

    states: [levels, episodes, steps + 1]; branches: [levels, episodes, steps], which
    `Tables.next_state` explains.
    """

    tables: Tables
    states: NDArray[np.int32]
    branches: NDArray[np.integer[Any]]

    @property
    def actions(self) -> NDArray[np.integer[Any]]:
        """[levels, episodes, steps]."""
        return self.branches // self.tables.outcomes

    @cached_property
    def rewards(self) -> Floats:
        """[levels, episodes, steps, objectives]."""
        level = np.arange(len(self.states))[:, None, None]
        return self.tables.rewards[level, self.states[..., :-1], self.branches]

    @cached_property
    def events(self) -> NDArray[np.bool_]:
        """[levels, episodes, steps, events]."""
        level = np.arange(len(self.states))[:, None, None]
        return self.tables.events[level, self.states[..., :-1], self.branches]

    @property
    def returns(self) -> Floats:
        """Discounted return [levels, episodes, objectives]."""
        discount = self.tables.discount ** np.arange(self.branches.shape[-1])
        total: Floats = np.einsum("lnto,t->lno", self.rewards, discount)
        return total


def rollout(
    tables: Tables,
    policy: ArrayLike,
    steps: int,
    rng: np.random.Generator,
    episodes: int = 1,
    start: NDArray[Any] | None = None,
) -> Episodes:
    """Play `episodes` episodes of `steps` moves in every level.

    start: [levels, episodes], states to begin in; the levels' own by default. The
    absorbing end is played on in, where nothing happens.
    Raises ValueError for a policy that is none (see `check_policy`).
    """
    return play(tables, check_policy(policy, tables), steps, rng, episodes, start)


def play(
    tables: Tables,
    policy: NDArray[Any],
    steps: int,
    rng: np.random.Generator,
    episodes: int,
    start: NDArray[Any] | None = None,
) -> Episodes:
    """Do the work of `rollout` without checking the policy (a trainer's inner loop)."""
    spread = tables.spread(policy)
    levels, count, branches = spread.shape
    offset = (np.arange(levels, dtype=np.int32) * count)[:, None]
    first = tables.start[:, None] if start is None else start
    first = np.broadcast_to(first + offset, (levels, episodes))
    states, chosen = walk(tables.flat, spread.reshape(-1, branches), first, steps, rng)
    return Episodes(
        tables, np.moveaxis(states - offset, 0, -1), np.moveaxis(chosen, 0, -1)
    )


def walk(
    follow: NDArray[np.int32],
    spread: NDArray[Any],
    start: NDArray[Any],
    steps: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.int32], NDArray[np.integer[Any]]]:
    """Return states [steps + 1, ...] and branches [steps, ...] of a Markov chain.

    follow, spread: [states, branches], where each branch leads and how likely it is;
    start: [...], states.
    """
    branches = spread.shape[-1]
    follow = follow.ravel()
    reach = spread.cumsum(-1)
    edges = np.ascontiguousarray((reach[:, :-1] / reach[:, -1:]).T, np.float32)
    kind = np.int8 if branches < 128 else np.int16
    states = np.empty((steps + 1, *start.shape), np.int32)
    chosen = np.zeros((steps, *start.shape), kind)
    states[0] = start
    for step in range(steps):
        draw = rng.random(start.shape, np.float32)
        for edge in edges:  # a move is the number of edges that the draw has passed
            chosen[step] += draw >= edge.take(states[step])
        states[step + 1] = follow.take(states[step] * branches + chosen[step])
    return states, chosen
