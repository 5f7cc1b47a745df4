"""Episodes: a batch of them played by a policy in tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .sweeps import Sweep
from .tables import Floats, Ints, Tables, check_policy


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
    Raises ValueError for an invalid policy (see `check_policy`).
    """
    spread = tables.spread(check_policy(policy, tables))
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
    chosen = np.empty((steps, *start.shape), kind)
    states[0] = start
    luck = rng.random((steps, *start.shape), np.float32)
    for step, draw in enumerate(luck):
        # A branch is the number of edges that the draw has passed.
        passed = draw >= edges.take(states[step], axis=1)
        branch = passed.sum(0, dtype=kind, out=chosen[step])
        follow.take(states[step] * branches + branch, out=states[step + 1], mode="clip")
    return states, chosen


def play_alike(
    tables: Tables,
    sweep: Sweep,
    policies: NDArray[Any],
    start: Ints,
    steps: int,
    rng: np.random.Generator,
) -> NDArray[Any]:
    """Let policies play with the same luck and return what the base objective pays.

    policies: [actions, rows, policies], as `soft_plan` gives. start: [levels,
    episodes], the states to begin in. Returns discounted returns [levels, episodes,
    policies].
    """
    end, (actions, _, count) = len(sweep), policies.shape
    # One row more, the end: there every move leads back, and nothing is paid.
    follow = np.full((end + 1, len(sweep.follow)), end)
    follow[:end] = sweep.follow.T
    paid = np.zeros(follow.shape)
    paid[:end] = tables.rewards[sweep.where][..., 0]
    moves = np.zeros((actions - 1, end + 1, count), np.float32)
    moves[:, :end] = policies[:-1].cumsum(0)
    turns = np.zeros((sweep.outcomes - 1, end + 1, actions), np.float32)
    if sweep.chance is not None:
        odds = sweep.chance.reshape(actions, sweep.outcomes, -1)
        turns[:, :end] = odds[:, :-1].cumsum(1).transpose(1, 2, 0)
    row = np.full(sweep.where.shape, end)
    row[sweep.where] = np.arange(end)
    state = np.take_along_axis(row, start, 1)[..., None].repeat(count, 2)
    total, column = np.zeros(state.shape), np.arange(count)
    for step in range(steps):
        action = _passed(moves, state * count + column, rng)
        pair = state * actions + action
        branch = pair * sweep.outcomes + _passed(turns, pair, rng)
        total += tables.discount**step * paid.take(branch)
        state = follow.take(branch)
    return total


def _passed(edges: NDArray[Any], place: Ints, rng: np.random.Generator) -> Ints:
    """Return how many edges a draw has passed, the same draw for all of the last axis.

    edges: [edges, ...]; place: [levels, episodes, policies], where to look in each.
    """
    passed = np.zeros(place.shape, int)
    if len(edges):
        draw = rng.random(place.shape[:2], np.float32)[..., None]
        for edge in edges:
            passed += draw >= edge.take(place)
    return passed
