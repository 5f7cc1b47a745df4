"""A batch of exact Markov decision processes: evaluate, occupancy, plan, roll out.

Everything here works on `Tables`, knows no world, and is exact up to rounding.
Values are discounted sums from the first step on: a reward on the d-th move counts
discount ** (d - 1).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import ThreadpoolController

Floats = NDArray[Any]
Ints = NDArray[Any]

DENSE_STATES = 400  # up to here a dense solve beats sweeps (see tests/benchmarks)
IMPROVEMENT = 1e-9  # policy iteration goes on while a move is better by more
TOLERANCE = 1e-10  # sweeps stop when no value can still change by more
CHUNK_BYTES = 64e6  # a dense solve holds about this much at a time


@dataclass(frozen=True, eq=False)
class Tables:
    """MDPs, one per level, that share states, actions and objectives.

    next_state: [levels, states, branches], index of the state that a move leads to.
    Where chance plays no part a branch is an action; else the branches of action a are
    a * outcomes to (a + 1) * outcomes, one for each way in which it can turn out.
    events: [levels, states, branches, events], True where a branch makes one happen.
    rewards: [levels, states, branches, objectives], what each objective pays for it.
    start: [levels], the state in which an episode begins.
    objectives: their names; the first is the base objective.
    discount: per step, in (0, 1).
    scale: [objectives], room between random and optimal that makes them comparable.
    blocks: states come in so many blocks of equal size (and the end), and no move leads
    to an earlier one; what has happened stays happened. Solvers go block by block.
    chance: [levels, states, branches], the probability of a branch given its action;
    None where there is one outcome to each action. outcomes: their number.
    """

    next_state: NDArray[np.int32]
    events: NDArray[np.bool_]
    rewards: Floats
    start: Ints
    objectives: tuple[str, ...]
    event_names: tuple[str, ...]
    discount: float
    scale: Floats
    blocks: int = 1
    chance: Floats | None = None
    outcomes: int = 1

    def __post_init__(self) -> None:
        for array in self._arrays:
            array.flags.writeable = False

    @property
    def _arrays(self) -> list[NDArray[Any]]:
        fields = self.next_state, self.events, self.rewards, self.start, self.scale
        return [*fields, *([] if self.chance is None else [self.chance])]

    def __len__(self) -> int:
        return len(self.start)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Levels, states, actions."""
        levels, states, branches = self.next_state.shape
        return levels, states, branches // self.outcomes

    def spread(self, policy: Floats) -> Floats:
        """Return the probability of each branch, [levels, states, branches]."""
        if self.chance is None:
            return policy
        spread: Floats = np.repeat(policy, self.outcomes, -1) * self.chance
        return spread

    def expect(self, worth: Floats) -> Floats:
        """Return what actions are worth [levels, states, actions, ...] on average.

        worth: [levels, states, branches, ...], what their branches are worth.
        """
        if self.chance is None:
            return worth
        chance = self.chance.reshape(*self.chance.shape, *[1] * (worth.ndim - 3))
        apart = (worth * chance).reshape(*self.shape, self.outcomes, *worth.shape[3:])
        mean: Floats = apart.sum(3)
        return mean

    def draw(
        self, level: Ints, state: Ints, action: Ints, rng: np.random.Generator
    ) -> Ints:
        """Return the branch [...] that actions taken in states turn out to be."""
        if self.chance is None:
            return action
        level, state, action = np.broadcast_arrays(level, state, action)
        reach = self.chance.reshape(*self.shape, -1)[level, state, action].cumsum(-1)
        chosen = (rng.random(action.shape)[..., None] * reach[..., -1:] >= reach).sum(
            -1
        )
        return action * self.outcomes + chosen

    def __getitem__(self, index: Any) -> Tables:
        """Return the tables of the chosen levels, an array or a slice."""
        chosen = replace(
            self,
            next_state=self.next_state[index],
            events=self.events[index],
            rewards=self.rewards[index],
            start=self.start[index],
            chance=None if self.chance is None else self.chance[index],
        )
        chosen.__dict__["live"] = self.live[index]
        return chosen

    @cached_property
    def live(self) -> NDArray[np.bool_]:
        """[levels, states]: False where nothing can ever happen (walls, the end)."""
        here = np.arange(self.shape[1])[:, None]
        idle = (self.next_state == here) & (self.rewards == 0).all(-1)
        if self.chance is not None:
            idle |= self.chance == 0
        return ~idle.all(-1)

    @cached_property
    def flat(self) -> NDArray[np.int32]:
        """next_state as an index into levels × states, [levels * states * branches]."""
        return _flat_successors(self).astype(np.int32).ravel()

    @cached_property
    def digest(self) -> str:
        """A name for the content; equal tables have equal digests."""
        content = hashlib.blake2b(digest_size=16)
        for array in self._arrays:
            content.update(str(array.shape).encode() + np.ascontiguousarray(array).data)
        names = self.objectives, self.event_names, self.discount, self.blocks
        content.update(repr(names).encode())
        return content.hexdigest()

    @cached_property
    def parts(self) -> list[Ints]:
        """The states of each block in which anything can happen, in any level."""
        ever = np.flatnonzero(self.live.any(0))
        size = -(-(self.shape[1] - 1) // self.blocks)
        cuts = np.searchsorted(ever, np.arange(1, self.blocks) * size)
        return np.split(ever, cuts)

    @cached_property
    def units(self) -> Floats:
        """[objectives], the scale, or 1 where an objective pays nothing anywhere."""
        return np.where(self.scale > 0, self.scale, 1.0)

    def mixture(self, weights: dict[str, float] | str) -> Floats:
        """Return a mixture of objectives as an array [objectives].

        `weights` is the name of one objective or a dict of name to weight; "base"
        stands for the base objective. Weights are in units of R_g / scale_g.
        Raises ValueError for an unknown name or a weight that is not a number.
        """
        return mixture(self.objectives, weights)

    def mixed_rewards(self, mixtures: ArrayLike) -> Floats:
        """Return [levels, states, branches, mixtures], the sum of w_g R_g / scale_g."""
        weights = np.atleast_2d(np.asarray(mixtures, float)) / self.units
        mixed: Floats = self.rewards @ weights.T
        return mixed


def mixture(objectives: Sequence[str], weights: dict[str, float] | str) -> Floats:
    """Return weights over `objectives` as an array; "base" is the first of them."""
    from .arguments import number, one_of

    if isinstance(weights, str):
        weights = {weights: 1.0}
    if not isinstance(weights, dict) or not weights:
        raise ValueError(
            f"objective={weights!r} is not possible; allowed: a name or a dict of "
            f"name to weight, with names from base, {', '.join(objectives)}."
        )
    array = np.zeros(len(objectives))
    for name, weight in weights.items():
        one_of("objective", name, ["base", *objectives])
        index = 0 if name == "base" else list(objectives).index(name)
        array[index] += number(f"weight of {name!r}", weight, -1e6, 1e6)
    return array


def uniform_policy(tables: Tables) -> Floats:
    """Return the policy that takes every action with the same probability."""
    return np.full(tables.shape, 1 / tables.shape[2])


def check_policy(policy: ArrayLike, tables: Tables) -> Floats:
    """Return `policy` as float64 [levels, states, actions], rows summing to 1.

    Raises ValueError where the shape is wrong, a number is not finite or negative, or
    a row does not sum to 1 within 1e-6.
    """
    try:
        array = np.asarray(policy, float)
    except (TypeError, ValueError):
        raise ValueError(
            f"policy={policy!r} holds no numbers; allowed: probabilities [levels, "
            "states, actions]."
        ) from None
    if array.shape != tables.shape:
        raise ValueError(
            f"policy has shape {array.shape}; allowed: {tables.shape}, "
            "which is [levels, states, actions]."
        )
    if not np.isfinite(array).all():
        place = np.argwhere(~np.isfinite(array))[0].tolist()
        raise ValueError(
            f"policy holds {array[tuple(place)]} at [level, state, action] {place}; "
            "allowed: probabilities."
        )
    if (array < 0).any():
        raise ValueError(f"policy holds {array.min():g}; allowed: probabilities >= 0.")
    total = array.sum(-1)
    worst = np.unravel_index(np.abs(total - 1).argmax(), total.shape)
    if abs(total[worst] - 1) > 1e-6:
        raise ValueError(
            f"policy sums to {total[worst]:.6g} at level {worst[0]}, state {worst[1]}; "
            "allowed: 1 over the actions of each state."
        )
    return array


def evaluate(tables: Tables, policy: ArrayLike) -> Floats:
    """Return values [levels, states, objectives] of a policy, for every objective.

    Solves V = r + discount P V (Sutton and Barto 2018, eq. 4.4) directly where states
    are few and by sweeps where they are many.
    Raises ValueError for a policy that is none (see `check_policy`).
    """
    pi = tables.spread(check_policy(policy, tables))
    if max(map(len, tables.parts)) > DENSE_STATES:
        return _evaluate_by_sweeps(tables, pi)
    values = np.zeros((*tables.shape[:2], len(tables.objectives)))
    for keep in reversed(tables.parts):
        for part in _batches(len(tables), len(keep)):
            expected = _one_step(tables, pi, values, keep, part)
            moves = _moves(tables, pi, keep, part)
            values[part, keep] = _solve(tables.discount, moves, expected)
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
        return _occupancy_by_sweeps(tables, pi, start)
    visits = np.zeros(tables.shape[:2])
    inflow = np.array(start, float)
    for keep in tables.parts:
        for part in _batches(len(tables), len(keep)):
            moves = _moves(tables, pi, keep, part).swapaxes(1, 2)
            flow = inflow[part][:, keep, None]
            visits[part, keep] = _solve(tables.discount, moves, flow)[..., 0]
        if tables.blocks > 1:
            inflow += _outflow(tables, pi, visits, keep)
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
    tables: Tables, pi: Floats, values: Floats, keep: Ints, part: slice
) -> Floats:
    """Return [levels, kept, objectives], reward now and the known values after."""
    expected = np.einsum("lsa,lsag->lsg", pi[part, keep], tables.rewards[part, keep])
    if tables.blocks > 1:
        level = np.arange(len(tables))[part, None, None]
        after = values[level, tables.next_state[part, keep]]
        expected += tables.discount * np.einsum("lsa,lsag->lsg", pi[part, keep], after)
    return expected


def _outflow(tables: Tables, pi: Floats, visits: Floats, keep: Ints) -> Floats:
    """Return [levels, states], what visits to the kept states send on elsewhere."""
    levels, states, _ = tables.shape
    target = tables.next_state[:, keep]
    mass = tables.discount * visits[:, keep, None] * pi[:, keep]
    mass = np.where((target >= keep[0]) & (target <= keep[-1]), 0, mass)
    index = target + (np.arange(levels) * states)[:, None, None]
    sent = np.bincount(index.ravel(), mass.ravel(), levels * states)
    return sent.reshape(levels, states)


def _moves(tables: Tables, pi: Floats, keep: Ints, part: slice) -> Floats:
    """Return P^π between kept states, [levels, kept, kept]."""
    column = np.full(tables.shape[1], len(keep))
    column[keep] = np.arange(len(keep))
    target = column[tables.next_state[part][:, keep]]
    moves = np.zeros((len(target), len(keep), len(keep) + 1))
    level, row = np.ogrid[: len(target), : len(keep)]
    for branch in range(pi.shape[2]):
        moves[level, row, target[..., branch]] += pi[part][:, keep, branch]
    return moves[..., :-1]


def _flat_successors(tables: Tables) -> Ints:
    """Return next_state as an index into levels × states, flattened."""
    levels, states, _ = tables.shape
    offset = (np.arange(levels) * states)[:, None, None]
    return (tables.next_state + offset).reshape(levels * states, -1)


def _evaluate_by_sweeps(tables: Tables, pi: Floats) -> Floats:
    levels, states, branches = pi.shape
    follow, weight = _flat_successors(tables), pi.reshape(-1, branches)
    expected = np.einsum("lsa,lsag->lsg", pi, tables.rewards).reshape(len(follow), -1)
    values = np.zeros_like(expected)
    while True:
        after = sum(weight[:, b, None] * values[follow[:, b]] for b in range(branches))
        new = expected + tables.discount * after
        change = np.abs(new - values).max()
        values = new
        if change <= TOLERANCE * (1 - tables.discount):
            return values.reshape(levels, states, -1)


def _occupancy_by_sweeps(tables: Tables, pi: Floats, start: Floats) -> Floats:
    levels, states, branches = pi.shape
    follow = _flat_successors(tables).ravel()
    weight = tables.discount * (pi * tables.live[..., None]).ravel()
    here: Floats = start.ravel()
    visits = here
    while here.max() > TOLERANCE * (1 - tables.discount):
        mass = np.repeat(here, branches) * weight
        here = np.bincount(follow, mass, minlength=levels * states)
        visits = visits + here
    return visits.reshape(levels, states) * tables.live


def plan(tables: Tables, mixtures: ArrayLike) -> tuple[Floats, Floats]:
    """Return optimal values [levels, states, mixtures] and policies that reach them.

    mixtures: [mixtures, objectives], weights of R_g / scale_g.
    Policies are [mixtures, levels, states, actions]; actions that are equally good
    share the probability. Value iteration (Sutton and Barto 2018, section 4.4), or
    policy iteration (section 4.3) where chance plays a part.
    """
    values, gain = _iterate(tables, np.atleast_2d(np.asarray(mixtures, float)))
    level, state = np.nonzero(tables.live)
    most = gain.max(1, keepdims=True)
    best = gain >= most - 1e-9 * np.abs(most)
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
    follow = _live_successors(tables)
    reward = tables.mixed_rewards(mixtures)[live]
    value = np.zeros((len(follow) + 1, reward.shape[-1]))  # the last row: where it ends
    level, state = np.nonzero(live)
    for keep in reversed(tables.parts):
        if len(keep):
            rows = np.flatnonzero((state >= keep[0]) & (state <= keep[-1]))
            _converge(value, rows, level[rows], follow, reward, tables.discount)
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
    gains = np.zeros((*tables.shape, len(mixtures)))
    policy = uniform_policy(tables)  # each mixture goes on from the one before
    for m in range(len(mixtures)):
        one = replace(tables, rewards=pays[..., m : m + 1], objectives=("mixture",))
        left = np.arange(len(tables))
        while len(left):
            part = one[left]
            now = values[left, :, m] = evaluate(part, policy[left])[..., 0]
            after = now[np.arange(len(left))[:, None, None], part.next_state]
            gain = part.expect(part.rewards[..., 0] + one.discount * after)
            gains[left, ..., m] = gain
            most = gain.max(-1)
            least = IMPROVEMENT * np.maximum(np.abs(most), 1)
            better = ((policy[left] * gain).sum(-1) < most - least) & part.live
            change = better.any(-1)
            left, gain, better = left[change], gain[change], better[change]
            best = np.eye(gain.shape[-1])[gain.argmax(-1)]
            policy[left] = np.where(better[..., None], best, policy[left])
    return np.where(tables.live[..., None], values, 0), gains[tables.live]


def _converge(
    value: Floats,
    rows: Ints,
    level: Ints,
    follow: Ints,
    reward: Floats,
    discount: float,
) -> None:
    """Sweep some rows of `value`, in place, until no level's change any more.

    That is exact where episodes end; where rewards go on for ever it stops when what
    is still to come has been discounted away.
    """
    for _ in range(int(40 / (1 - discount))):
        if not len(rows):
            return
        new = (reward[rows] + discount * value[follow[rows]]).max(1)
        change = np.abs(new - value[rows]).max(1)
        value[rows] = new
        first = np.flatnonzero(np.diff(level, prepend=-1))
        still = np.maximum.reduceat(change, first) > 0
        if not still.all():
            stay = np.repeat(still, np.diff(first, append=len(rows)))
            rows, level = rows[stay], level[stay]


def _live_successors(tables: Tables) -> Ints:
    """Return next_state among live states, [live states, branches]; -1 at an end."""
    row = np.full(tables.live.size, -1)
    row[tables.live.ravel()] = np.arange(tables.live.sum())
    return row[_flat_successors(tables)[tables.live.ravel()]]


def soft_plan(
    tables: Tables, reward: NDArray[Any], temperature: float, sweeps: int
) -> NDArray[Any]:
    """Return the Boltzmann policies of `sweeps` of soft value iteration.

    reward: [levels, states, branches, mixtures]; sweeps: at least 1. Returns [mixtures,
    levels, states, actions] in the precision of `reward`. Maximum-entropy planning
    (Ziebart 2010, eq. 9.1) with V the log-mean-exp of Q, so that doing nothing useful
    is worth nothing.
    """
    follow = _live_successors(tables)
    pay = np.moveaxis(reward[tables.live], 2, 0) / temperature
    value = np.zeros((len(pay), len(follow) + 1), pay.dtype)
    chance = None if tables.chance is None else tables.chance[tables.live]
    for _ in range(sweeps):
        gain = pay + tables.discount * value[:, follow]
        if chance is not None:
            apart = (gain * chance).astype(pay.dtype)
            gain = apart.reshape(*gain.shape[:2], -1, tables.outcomes).sum(-1)
        top = gain.max(-1)
        odds = np.exp(gain - top[..., None])
        value[:, :-1] = top + np.log(odds.mean(-1))
    policies = np.full((len(pay), *tables.shape), 1 / tables.shape[2], pay.dtype)
    policies[:, tables.live] = odds / odds.sum(-1, keepdims=True)
    return policies


def soft_optimal(tables: Tables, reward: Floats, settled: float) -> Floats:
    """Return what soft-optimal play does, log π(a|s) + log |A|.

    The shape is [live states, actions, mixtures]; reward: [levels, states, branches,
    mixtures], in units of the temperature. What `soft_plan` does, until no value of a
    mixture changes by more than `settled`.
    """
    follow, pay = _live_successors(tables), reward[tables.live]
    chance = None if tables.chance is None else tables.chance[tables.live][..., None]
    value = np.zeros((len(follow) + 1, pay.shape[-1]))

    def gains(pay: Floats, value: Floats) -> Floats:
        gain = pay + tables.discount * value[follow]
        if chance is not None:
            apart = (gain * chance).reshape(len(gain), -1, tables.outcomes, len(gain.T))
            gain = apart.sum(2)
        return gain

    left = np.arange(pay.shape[-1])
    while len(left):
        part, now = pay[..., left], value[:, left]
        done = np.zeros(len(left), bool)
        while not done.any():
            gain = gains(part, now)
            top = gain.max(1)
            new = top + np.log(np.exp(gain - top[:, None]).mean(1))
            done = np.abs(new - now[:-1]).max(0) <= settled
            now[:-1] = new
        value[:, left] = now
        left = left[~done]
    gain = gains(pay, value)
    top = gain.max(1, keepdims=True)
    logs: Floats = gain - top - np.log(np.exp(gain - top).mean(1, keepdims=True))
    return logs


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
    follow = tables.flat
    reach = spread.reshape(-1, branches).cumsum(-1)
    edges = np.ascontiguousarray((reach[:, :-1] / reach[:, -1:]).T, np.float32)
    offset = (np.arange(levels, dtype=np.int32) * count)[:, None]
    first = tables.start[:, None] if start is None else start
    state = np.broadcast_to(first + offset, (levels, episodes)).astype(np.int32)
    states = np.empty((steps + 1, levels, episodes), np.int32)
    kind = np.int8 if branches < 128 else np.int16
    chosen = np.empty((steps, levels, episodes), kind)
    states[0] = state
    for step in range(steps):
        draw = rng.random((levels, episodes), np.float32)
        chosen[step] = 0
        for edge in edges:  # a move is the number of edges that the draw has passed
            chosen[step] += draw >= edge.take(state)
        state = follow.take(state * branches + chosen[step])
        states[step + 1] = state
    return Episodes(
        tables, np.moveaxis(states - offset, 0, -1), np.moveaxis(chosen, 0, -1)
    )
