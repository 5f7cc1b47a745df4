"""Values, visits and plans of a batch of Markov decision processes, exactly.

Values are discounted sums from the first step on: a reward on the d-th move counts
discount ** (d - 1).
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import ThreadpoolController

from .listing import Listing
from .sweeps import Sweep, converge, evaluate_by_sweeps, occupancy_by_sweeps
from .tables import Floats, Ints, Tables, check_policy

SLOW = 0.999  # a discount above which sweeps take longer than exact evaluations
NEARLY_ONE = 0.99999  # a discount at which sweeps would never be done
IMPROVEMENT = 1e-12  # policy iteration goes on while a move is better by more


def evaluate(tables: Tables, policy: ArrayLike) -> Floats:
    """Return values [levels, states, objectives] of a policy, for every objective.

    Solves V = r + discount P V (Sutton and Barto 2018, eq. 4.4) directly where states
    are few and by sweeps where they are many.
    Raises ValueError for an invalid policy (see `check_policy`).
    """
    return tables.own.put(_values(tables, policy, tables.own))


def _values(tables: Tables, policy: ArrayLike, listing: Listing) -> Floats:
    """Return values of a policy in the states of a list, [levels, most, objectives]."""
    pi = listing.spread(listing.take(check_policy(policy, tables)))
    return _solve_values(listing, pi, tables.discount)[:, :-1]


def _solve_values(listing: Listing, pi: Floats, discount: float) -> Floats:
    """Return values [levels, most + 1, objectives], the last being 0: those elsewhere.

    pi: [levels, most, branches], the probabilities of branches.
    """
    expected = np.einsum("lsa,lsag->lsg", pi, listing.rewards)
    if not listing.few and discount < NEARLY_ONE:
        return evaluate_by_sweeps(listing, pi, expected, discount)
    values = np.zeros((len(pi), pi.shape[1] + 1, expected.shape[2]))
    # Nothing leads back to an earlier block: solved from the last one on, each needs
    # only its own states as unknowns.
    for batch, block in reversed(listing.batches()):
        given = expected[batch, block]
        here, follow = discount * pi[batch, block], listing.follow[batch, block]
        if len(listing.blocks) > 1:  # values of this block itself are still 0
            after = values[batch[:, None, None], follow]
            given += np.einsum("lsa,lsag->lsg", here, after)
        values[batch, block] = _solve(_moves(follow, here, block), given)
    return values


def occupancy(tables: Tables, policy: ArrayLike, start: Floats | None = None) -> Floats:
    """Return discounted visits [levels, states], the sum of γ^t P(s_t).

    start: [levels, states], where episodes begin; the levels' own start by default.
    Not normalised: where no episode ends, they add up to 1 / (1 - discount). States in
    which nothing can happen any more (`live` is False) are not counted.
    """
    listing = tables.ahead if start is None else tables.own
    policy = check_policy(policy, tables)
    if start is None:
        start = np.eye(tables.shape[1])[tables.start]
    if not listing.few:
        return occupancy_by_sweeps(tables, tables.spread(policy), start)
    pi = listing.spread(listing.take(policy))
    inflow = listing.take(np.array(start, float))
    found = np.zeros(inflow.shape)
    # d = start + discount P' d: transposed, and so from the first block on.
    for batch, block in listing.batches():
        here, follow = tables.discount * pi[batch, block], listing.follow[batch, block]
        left = _moves(follow, here, block).swapaxes(1, 2)
        found[batch, block] = _solve(left, inflow[batch, block, None])[..., 0]
        if len(listing.blocks) > 1:
            mass = found[batch, block, None] * here
            inflow[batch] += _outflow(follow, mass, inflow.shape[1])
    return listing.put(found)


def start_values(tables: Tables, policy: ArrayLike) -> Floats:
    """Return what a policy is expected to earn in each level, [levels, objectives].

    The values of `evaluate` in the states in which episodes begin, for which no state
    matters that they cannot come to.
    """
    return at_start(tables, tables.ahead.put(_values(tables, policy, tables.ahead)))


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


def _solve(left: Floats, given: Floats) -> Floats:
    """Return x with left x = given, for a batch of square matrices."""
    with one_thread():
        solved: Floats = np.linalg.solve(left, given)
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


def _outflow(follow: Ints, mass: Floats, most: int) -> Floats:
    """Return what reaches states when `mass` follows the branches, [levels, most]."""
    levels = len(follow)
    index = follow + (np.arange(levels) * (most + 1))[:, None, None]
    came = np.bincount(index.ravel(), mass.ravel(), levels * (most + 1))
    return came.reshape(levels, -1)[:, :-1]


def _moves(follow: Ints, pi: Floats, block: slice) -> Floats:
    """Return I - discount P^π between states of a block, [levels, block, block].

    pi: discount π, the probabilities [levels, block, branches].
    """
    levels, states, branches = follow.shape
    target = np.minimum(follow - block.start, states)  # the last: out of the block
    left = np.zeros((levels, states, states + 1))
    left[:, range(states), range(states)] = 1
    level, row = np.ogrid[:levels, :states]
    for branch in range(branches):
        left[level, row, target[..., branch]] -= pi[..., branch]
    return left[..., :-1]


def plan(tables: Tables, mixtures: ArrayLike) -> tuple[Floats, Floats]:
    """Return optimal values [levels, states, mixtures] and policies that reach them.

    mixtures: [mixtures, objectives], weights of R_g / scale_g.
    Policies are [mixtures, levels, states, actions]; actions that are equally good
    share the probability. Value iteration (Sutton and Barto 2018, section 4.4), or for
    few states policy iteration (section 4.3), with chance or a discount above `SLOW`.
    """
    sweep, pay, value = _iterate(tables, mixtures, tables.own)
    worth = np.stack(sweep.worth(pay, value))
    most = worth.max(0)
    best = worth >= most - 1e-9 * np.abs(most) - 1e-12  # ties in spite of rounding
    policies = sweep.table(best / best.sum(0), 1 / tables.shape[2])
    return sweep.values(value), policies


def optimal_values(tables: Tables, mixtures: ArrayLike) -> Floats:
    """Return optimal values [levels, states, mixtures]; see `plan`."""
    sweep, _, value = _iterate(tables, mixtures, tables.own)
    return sweep.values(value)


def best_start_values(tables: Tables, mixtures: ArrayLike) -> Floats:
    """Return what optimal play earns in each level, [levels, mixtures]; see `plan`.

    The values of `optimal_values` in the states in which episodes begin.
    """
    sweep, _, value = _iterate(tables, mixtures, tables.ahead)
    return at_start(tables, sweep.values(value))


def _iterate(
    tables: Tables, mixtures: ArrayLike, listing: Listing
) -> tuple[Sweep, Floats, Floats]:
    """Return states in the list, what their moves pay and optimal values.

    In the shapes that `Sweep` asks for. Only they are swept, and a level drops out when
    it has converged.
    """
    weights = np.atleast_2d(np.asarray(mixtures, float))
    sweep = Sweep.of(tables, listing.where)
    pay = sweep.expect(tables.mixed_rewards(weights, listing.where))
    value = np.zeros((len(sweep) + 1, len(weights)))
    chance = tables.chance is not None
    few = listing.few or (chance and tables.discount >= NEARLY_ONE)  # are solved
    if few and (chance or tables.discount > SLOW):
        value[:-1] = listing.put(_improve(tables, weights, listing))[listing.where]
        return sweep, pay, value
    # Nothing leads back to an earlier block: the last one settles first.
    block = tables.block[np.nonzero(listing.where)[1]]
    for each in range(tables.blocks)[::-1]:
        converge(sweep, pay, value, np.flatnonzero(block == each))
    return sweep, pay, value


def _improve(tables: Tables, mixtures: Floats, listing: Listing) -> Floats:
    """Return optimal values [levels, most, mixtures], by policy iteration.

    Quicker than sweeps that settle slowly. What a policy earns of each objective is
    what it earns of any mixture: the best for one is known for the next as well.
    """
    levels, states, _ = listing.follow.shape
    policy = np.full((levels, states, tables.shape[2]), 1 / tables.shape[2])
    known = _solve_values(listing, listing.spread(policy), tables.discount)
    best = np.zeros((levels, states, len(mixtures)))
    for m, weights in enumerate(mixtures / tables.units):
        left = np.arange(levels)
        while len(left):
            part, value, now = listing[left], known[left] @ weights, policy[left]
            best[left, :, m] = value[:, :-1]
            after = value[np.arange(len(left))[:, None, None], part.follow]
            worth = part.expect(part.rewards @ weights + tables.discount * after)
            # Policy improvement (Sutton and Barto 2018, section 4.2): take the greedy
            # move where it is better by more than rounding can make it. Without that
            # margin two moves that are equally good would take turns for ever.
            most = worth.max(-1)
            margin = IMPROVEMENT * np.maximum(np.abs(most), 1)
            better = part.own & ((now * worth).sum(-1) < most - margin)
            now[better] = np.eye(worth.shape[2])[worth[better].argmax(-1)]
            policy[left] = now
            left = left[better.any(-1)]
            if len(left):
                part = listing[left]
                pi = part.spread(policy[left])
                known[left] = _solve_values(part, pi, tables.discount)
    return best
