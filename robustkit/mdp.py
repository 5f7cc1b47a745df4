"""A batch of exact Markov decision processes: evaluate, occupancy, plan, roll out.

Everything here works on `Tables`, knows no world, and is exact up to rounding.
Values are discounted sums from the first step on: a reward on the d-th move counts
discount ** (d - 1).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[Any]
Ints = NDArray[Any]

DENSE_STATES = 400  # up to here a dense solve beats sweeps (see tests/benchmarks)
TOLERANCE = 1e-10  # sweeps stop when no value can still change by more
CHUNK_BYTES = 64e6  # a dense solve holds about this much at a time


@dataclass(frozen=True, eq=False)
class Tables:
    """Deterministic MDPs, one per level, that share states, actions and objectives.

    next_state: [levels, states, actions], index of the state that a move leads to.
    events: [levels, states, actions, events], True where a move makes an event happen.
    rewards: [levels, states, actions, objectives], what each objective pays for it.
    start: [levels], the state in which an episode begins.
    objectives: their names; the first is the base objective.
    discount: per step, in (0, 1).
    scale: [objectives], room between random and optimal that makes them comparable.
    blocks: states come in so many blocks of equal size (and the end), and no move leads
    to an earlier one; what has happened stays happened. Solvers go block by block.
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

    def __post_init__(self) -> None:
        fields = self.next_state, self.events, self.rewards, self.start, self.scale
        for array in fields:
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.start)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Levels, states, actions."""
        levels, states, actions = self.next_state.shape
        return levels, states, actions

    @cached_property
    def live(self) -> NDArray[np.bool_]:
        """[levels, states]: False where nothing can ever happen (walls, the end)."""
        here = np.arange(self.shape[1])[:, None]
        stuck = (self.next_state == here).all(-1)
        return ~(stuck & (self.rewards == 0).all((-1, -2)))

    @cached_property
    def digest(self) -> str:
        """A name for the content; equal tables have equal digests."""
        content = hashlib.blake2b(digest_size=16)
        fields = self.next_state, self.events, self.rewards, self.start, self.scale
        for array in fields:
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

    def mixture(self, weights: dict[str, float] | str) -> Floats:
        """Return a mixture of objectives as an array [objectives].

        `weights` is the name of one objective or a dict of name to weight; "base"
        stands for the base objective. Weights are in units of R_g / scale_g.
        Raises ValueError for an unknown name or a weight that is not a number.
        """
        return mixture(self.objectives, weights)

    def mixed_rewards(self, mixtures: ArrayLike) -> Floats:
        """Return [levels, states, actions, mixtures], the sum of w_g R_g / scale_g."""
        weights = np.atleast_2d(np.asarray(mixtures, float)) / self.scale
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
    pi = check_policy(policy, tables)
    if max(map(len, tables.parts)) > DENSE_STATES:
        return _evaluate_by_sweeps(tables, pi)
    values = np.zeros((*tables.shape[:2], len(tables.objectives)))
    for keep in reversed(tables.parts):
        for part in _batches(len(tables), len(keep)):
            expected = _one_step(tables, pi, values, keep, part)
            system = np.eye(len(keep)) - tables.discount * _moves(
                tables, pi, keep, part
            )
            values[part, keep] = np.linalg.solve(system, expected)
    return values


def occupancy(tables: Tables, policy: ArrayLike, start: Floats | None = None) -> Floats:
    """Return discounted visits [levels, states], the sum of γ^t P(s_t).

    start: [levels, states], where episodes begin; the levels' own start by default.
    Not normalised: where no episode ends, they add up to 1 / (1 - discount). States in
    which nothing can happen any more (`live` is False) are not counted.
    """
    pi = check_policy(policy, tables)
    if start is None:
        start = np.eye(tables.shape[1])[tables.start]
    if max(map(len, tables.parts)) > DENSE_STATES:
        return _occupancy_by_sweeps(tables, pi, start)
    visits = np.zeros(tables.shape[:2])
    inflow = np.array(start, float)
    for keep in tables.parts:
        for part in _batches(len(tables), len(keep)):
            moves = _moves(tables, pi, keep, part).swapaxes(1, 2)
            system = np.eye(len(keep)) - tables.discount * moves
            here = np.linalg.solve(system, inflow[part][:, keep, None])[..., 0]
            visits[part, keep] = here
        if tables.blocks > 1:
            inflow += _outflow(tables, pi, visits, keep)
    return visits * tables.live


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
    for action in range(tables.shape[2]):
        moves[level, row, target[..., action]] += pi[part][:, keep, action]
    return moves[..., :-1]


def _flat_successors(tables: Tables) -> Ints:
    """Return next_state as an index into levels × states, flattened."""
    levels, states, _ = tables.shape
    offset = (np.arange(levels) * states)[:, None, None]
    return (tables.next_state + offset).reshape(levels * states, -1)


def _evaluate_by_sweeps(tables: Tables, pi: Floats) -> Floats:
    levels, states, actions = tables.shape
    follow, weight = _flat_successors(tables), pi.reshape(-1, actions)
    expected = np.einsum("lsa,lsag->lsg", pi, tables.rewards).reshape(len(follow), -1)
    values = np.zeros_like(expected)
    while True:
        after = sum(weight[:, a, None] * values[follow[:, a]] for a in range(actions))
        new = expected + tables.discount * after
        change = np.abs(new - values).max()
        values = new
        if change <= TOLERANCE * (1 - tables.discount):
            return values.reshape(levels, states, -1)


def _occupancy_by_sweeps(tables: Tables, pi: Floats, start: Floats) -> Floats:
    levels, states, actions = tables.shape
    follow = _flat_successors(tables).ravel()
    weight = tables.discount * (pi * tables.live[..., None]).ravel()
    here: Floats = start.ravel()
    visits = here
    while here.max() > TOLERANCE * (1 - tables.discount):
        mass = np.repeat(here, actions) * weight
        here = np.bincount(follow, mass, minlength=levels * states)
        visits = visits + here
    return visits.reshape(levels, states) * tables.live


def plan(tables: Tables, mixtures: ArrayLike) -> tuple[Floats, Floats]:
    """Return optimal values [levels, states, mixtures] and policies that reach them.

    mixtures: [mixtures, objectives], weights of R_g / scale_g.
    Policies are [mixtures, levels, states, actions]; actions that are equally good
    share the probability. Value iteration (Sutton and Barto 2018, section 4.4).
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
    """Return next_state among live states, [live states, actions]; -1 at an end."""
    row = np.full(tables.live.size, -1)
    row[tables.live.ravel()] = np.arange(tables.live.sum())
    return row[_flat_successors(tables)[tables.live.ravel()]]


def soft_plan(
    tables: Tables, reward: NDArray[Any], temperature: float, sweeps: int
) -> NDArray[Any]:
    """Return the Boltzmann policies of `sweeps` of soft value iteration.

    reward: [levels, states, actions, mixtures]; sweeps: at least 1. Returns [mixtures,
    levels, states, actions] in the precision of `reward`. Maximum-entropy planning
    (Ziebart 2010, eq. 9.1) with V the log-mean-exp of Q, so that doing nothing useful
    is worth nothing.
    """
    follow = _live_successors(tables)
    pay = np.moveaxis(reward[tables.live], 2, 0) / temperature
    value = np.zeros((len(pay), len(follow) + 1), pay.dtype)
    for _ in range(sweeps):
        gain = pay + tables.discount * value[:, follow]
        top = gain.max(-1)
        odds = np.exp(gain - top[..., None])
        value[:, :-1] = top + np.log(odds.mean(-1))
    policies = np.full((len(pay), *tables.shape), 1 / tables.shape[2], pay.dtype)
    policies[:, tables.live] = odds / odds.sum(-1, keepdims=True)
    return policies


@dataclass(frozen=True, eq=False)
class Episodes:
    """What happened in a batch of episodes.

    states: [levels, episodes, steps + 1]; actions: [levels, episodes, steps].
    """

    tables: Tables
    states: NDArray[np.int32]
    actions: NDArray[np.int8]

    @cached_property
    def rewards(self) -> Floats:
        """[levels, episodes, steps, objectives]."""
        level = np.arange(len(self.states))[:, None, None]
        return self.tables.rewards[level, self.states[..., :-1], self.actions]

    @cached_property
    def events(self) -> NDArray[np.bool_]:
        """[levels, episodes, steps, events]."""
        level = np.arange(len(self.states))[:, None, None]
        return self.tables.events[level, self.states[..., :-1], self.actions]

    @property
    def returns(self) -> Floats:
        """Discounted return [levels, episodes, objectives]."""
        discount = self.tables.discount ** np.arange(self.actions.shape[-1])
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
    levels, count, actions = tables.shape
    follow = _flat_successors(tables).astype(np.int32).ravel()
    reach = policy.reshape(-1, actions).cumsum(-1)
    below = (reach[:, :-1] / reach[:, -1:]).astype(np.float32)
    offset = (np.arange(levels, dtype=np.int32) * count)[:, None]
    first = tables.start[:, None] if start is None else start
    state = np.broadcast_to(first + offset, (levels, episodes)).astype(np.int32)
    states = np.empty((steps + 1, levels, episodes), np.int32)
    chosen = np.empty((steps, levels, episodes), np.int8)
    states[0] = state
    for step in range(steps):
        draw = rng.random((levels, episodes), np.float32)
        chosen[step] = (draw[..., None] >= below[state]).sum(-1)
        state = follow[state * actions + chosen[step]]
        states[step + 1] = state
    return Episodes(
        tables, np.moveaxis(states - offset, 0, -1), np.moveaxis(chosen, 0, -1)
    )
