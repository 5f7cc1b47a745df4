"""Values, visits and plans of a batch of Markov decision processes, exactly.

Values are discounted sums from the first step on: a reward on the d-th move counts
discount ** (d - 1).
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import ThreadpoolController

from .sweeps import converge, evaluate_by_sweeps, live_successors, occupancy_by_sweeps
from .tables import Floats, Ints, Tables, check_policy, uniform_policy

DENSE_STATES = 400  # up to here a dense solve beats sweeps (see tests/benchmarks)
IMPROVEMENT = 1e-9  # policy iteration goes on while a move is better by more
CHUNK_BYTES = 64e6  # a dense solve holds about this much at a time


def evaluate(tables: Tables, policy: ArrayLike) -> Floats:
    """Return values [levels, states, objectives] of a policy, for every objective.

    Solves V = r + discount P V (Sutton and Barto 2018, eq. 4.4) directly where states
    are few and by sweeps where they are many.
    Raises ValueError for a policy that is none (see `check_policy`).
    """
    pi = tables.spread(check_policy(policy, tables))
    if max(map(len, tables.parts)) > DENSE_STATES:
        return evaluate_by_sweeps(tables, pi)
    values = np.zeros((*tables.shape[:2], len(tables.objectives)))
    # Nothing leads back to an earlier block: solved from the last one on, each needs
    # only its own states as unknowns.
    for states in reversed(tables.parts):
        for batch in _batches(len(tables), len(states)):
            expected = _one_step(tables, pi, values, states, batch)
            moves = _moves(tables, pi, states, batch)
            values[batch, states] = _solve(tables.discount, moves, expected)
    return values


def occupancy(tables: Tables, policy: ArrayLike, start: Floats | None = None) -> Floats:
    """Return discounted visits [levels, states], the sum of γ^t P(s_t).

    start: [levels, states], where episodes begin; the levels' own start by default.
    Not normalised: where no episode ends, they add up to 1 / (1 - discount). States in
    which nothing can happen any more (`live` is False) are not counted.
    """
    pi = tables.spread(check_policy(policy, tables))
    if start is None:
        start = np.eye(tables.shape[1])[tables.start]
    if max(map(len, tables.parts)) > DENSE_STATES:
        return occupancy_by_sweeps(tables, pi, start)
    visits = np.zeros(tables.shape[:2])
    inflow = np.array(start, float)
    # d = start + discount P' d: transposed, and so from the first block on.
    for states in tables.parts:
        for batch in _batches(len(tables), len(states)):
            moves = _moves(tables, pi, states, batch).swapaxes(1, 2)
            flow = inflow[batch][:, states, None]
            visits[batch, states] = _solve(tables.discount, moves, flow)[..., 0]
        if tables.blocks > 1:
            inflow += _outflow(tables, pi, visits, states)
    return visits * tables.live


def start_values(tables: Tables, policy: ArrayLike) -> Floats:
    """Return what a policy is expected to earn in each level, [levels, objectives].

    The values of `evaluate` in the states in which episodes begin.
    """
    return at_start(tables, evaluate(tables, policy))


def at_start(tables: Tables, values: Floats) -> Floats:
    """Return values [levels, states, ...] in the states in which episodes begin."""
    begin: Floats = values[np.arange(len(tables)), tables.start]
    return begin


def action_values(tables: Tables, rewards: Floats, values: Floats) -> Floats:
    """Return what actions are worth, r + discount V(s'), on average over outcomes.

    rewards: [levels, states, branches, ...]; values: [levels, states, ...], of the
    states after. Returns [levels, states, actions, ...].
    """
    return tables.expect(rewards + tables.discount * tables.after(values))


def normalised(earned: ArrayLike, random: ArrayLike, best: ArrayLike) -> float:
    """Return return from 0, what random play earns, to 1, what optimal play does.

    earned, random, best: [levels]. Levels count by what there is to be won in them:
    Σ (earned - random) / Σ (best - random).
    """
    low = np.asarray(random, float)
    return float(np.sum(earned - low) / np.sum(best - low))


def along(per_level: NDArray[Any], like: NDArray[Any]) -> NDArray[Any]:
    """Return an array [levels] in a shape that broadcasts with `like` [levels, ...]."""
    return per_level.reshape(-1, *[1] * (like.ndim - 1))


def _solve(discount: float, moves: Floats, given: Floats) -> Floats:
    """Return x = given + discount * moves x for a batch of square matrices."""
    with one_thread():
        solved: Floats = np.linalg.solve(
            np.eye(moves.shape[-1]) - discount * moves, given
        )
    return solved


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


def one_thread() -> AbstractContextManager[Any]:
    """Return a context in which BLAS uses one thread.

    For matrices as small as ours a second one only costs time, and very much of it
    where another process wants the same core.
    """
    limited: AbstractContextManager[Any] = _libraries().limit(limits=1)
    return limited


def _batches(levels: int, states: int) -> list[slice]:
    size = max(1, int(CHUNK_BYTES / (8 * states * states + 1)))
    return [slice(i, min(i + size, levels)) for i in range(0, levels, size)]


def _one_step(
    tables: Tables, pi: Floats, values: Floats, states: Ints, batch: slice
) -> Floats:
    """Return reward now and the known values after, [levels, block, objectives]."""
    here = pi[batch, states]
    expected = np.einsum("lsa,lsag->lsg", here, tables.rewards[batch, states])
    if tables.blocks > 1:  # values of this block itself are still 0
        level = np.arange(len(tables))[batch, None, None]
        after = values[level, tables.next_state[batch, states]]
        expected += tables.discount * np.einsum("lsa,lsag->lsg", here, after)
    return expected


def _outflow(tables: Tables, pi: Floats, visits: Floats, states: Ints) -> Floats:
    """Return what visits to these states send on elsewhere, [levels, states]."""
    target = tables.next_state[:, states]
    mass = tables.discount * visits[:, states, None] * pi[:, states]
    mass = np.where((target >= states[0]) & (target <= states[-1]), 0, mass)
    index = target + (np.arange(len(tables)) * tables.shape[1])[:, None, None]
    return np.bincount(index.ravel(), mass.ravel(), visits.size).reshape(visits.shape)


def _moves(tables: Tables, pi: Floats, states: Ints, batch: slice) -> Floats:
    """Return P^π between these states, [levels, block, block]."""
    column = np.full(tables.shape[1], len(states))  # the last: out of the block
    column[states] = np.arange(len(states))
    target = column[tables.next_state[batch][:, states]]
    moves = np.zeros((len(target), len(states), len(states) + 1))
    level, row = np.ogrid[: len(target), : len(states)]
    for branch in range(pi.shape[2]):
        moves[level, row, target[..., branch]] += pi[batch][:, states, branch]
    return moves[..., :-1]


def plan(tables: Tables, mixtures: ArrayLike) -> tuple[Floats, Floats]:
    """Return optimal values [levels, states, mixtures] and policies that reach them.

    mixtures: [mixtures, objectives], weights of R_g / scale_g.
    Policies are [mixtures, levels, states, actions]; actions that are equally good
    share the probability. Value iteration (Sutton and Barto 2018, section 4.4), or
    policy iteration (section 4.3) where chance plays a part.
    """
    values, worth = _iterate(tables, np.atleast_2d(np.asarray(mixtures, float)))
    level, state = np.nonzero(tables.live)
    most = worth.max(1, keepdims=True)
    best = worth >= most - 1e-9 * np.abs(most)  # a tie is one in spite of rounding
    policies = np.full((values.shape[-1], *tables.shape), 1 / tables.shape[2])
    policies[:, level, state] = np.moveaxis(best / best.sum(1, keepdims=True), 2, 0)
    return values, policies


def optimal_values(tables: Tables, mixtures: ArrayLike) -> Floats:
    """Return optimal values [levels, states, mixtures]; see `plan`."""
    return _iterate(tables, np.atleast_2d(np.asarray(mixtures, float)))[0]


def _iterate(tables: Tables, mixtures: Floats) -> tuple[Floats, Floats]:
    """Return values [levels, states, mixtures] and what each move is worth.

    The second is [live states, actions, mixtures]. Only live states are swept,
    and a level drops out when it has converged.
    """
    if tables.chance is not None:
        return _improve(tables, mixtures)
    live = tables.live
    follow = live_successors(tables)
    reward = tables.mixed_rewards(mixtures)[live]
    value = np.zeros((len(follow) + 1, reward.shape[-1]))  # the last row: where it ends
    level, state = np.nonzero(live)
    for states in reversed(tables.parts):
        if len(states):
            rows = np.flatnonzero((state >= states[0]) & (state <= states[-1]))
            converge(value, rows, level[rows], follow, reward, tables.discount)
    values = np.zeros((*live.shape, reward.shape[-1]))
    values[live] = value[:-1]
    return values, reward + tables.discount * value[follow]


def _improve(tables: Tables, mixtures: Floats) -> tuple[Floats, Floats]:
    """Return what `_iterate` does, by policy iteration.

    Where chance plays a part values settle slowly under sweeps, and a handful of exact
    evaluations is quicker.
    """
    pays = tables.mixed_rewards(mixtures)
    values = np.zeros((*tables.shape[:2], len(mixtures)))
    worth = np.zeros((*tables.shape, len(mixtures)))
    policy = uniform_policy(tables)  # each mixture goes on from the one before
    for m in range(len(mixtures)):
        one = replace(tables, rewards=pays[..., m : m + 1], objectives=("mixture",))
        left = np.arange(len(tables))
        while len(left):
            part = one[left]
            now = values[left, :, m] = evaluate(part, policy[left])[..., 0]
            gain = worth[left, ..., m] = action_values(part, part.rewards[..., 0], now)
            # Policy improvement (Sutton and Barto 2018, section 4.2): take the greedy
            # move where it is better by more than rounding can make it. Without that
            # margin two moves that are equally good would take turns for ever.
            most = gain.max(-1)
            margin = IMPROVEMENT * np.maximum(np.abs(most), 1)
            better = ((policy[left] * gain).sum(-1) < most - margin) & part.live
            change = better.any(-1)
            left, gain, better = left[change], gain[change], better[change]
            greedy = np.eye(gain.shape[-1])[gain.argmax(-1)]
            policy[left] = np.where(better[..., None], greedy, policy[left])
    return np.where(tables.live[..., None], values, 0), worth[tables.live]
