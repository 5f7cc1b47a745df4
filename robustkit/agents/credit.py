"""Credit: what to push up, so that base return climbs.

Credit is [rows, actions], such that the gradient of base return by the logits is credit
minus policy times the sum of credit over actions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ..mdp import Floats, Ints, action_values, evaluate, occupancy
from ..mdp.episodes import walk
from ..worlds.layouts import Bools
from .convolution import Array
from .rows import Rows

SWEEPS = 30  # over the batch; a reward then reaches states up to so many moves away


class Played(NamedTuple):
    """What episodes came to, [moves, levels, episodes] or the last two of these.

    start: the row in which each began. reward, alive: of each move, and whether there
    was one. loss: how much better it went than expected, r + γ V(s') - V(s). value,
    last: what was expected at the start and after the last move.
    """

    start: Ints
    reward: Floats
    alive: Bools
    loss: Floats
    value: Floats
    last: Floats


class Credit(NamedTuple):
    """Credit [rows, actions], visits [rows], and what the episodes came to.

    The last are worked out when asked for; exact credit has none.
    """

    credit: Floats
    visits: Floats
    episodes: Callable[[], Played]


def sampled_credit(
    rows: Rows, policy: Floats, rng: np.random.Generator, agents: int, horizon: int
) -> Credit:
    """Return credit and visits [rows] from episodes and base reward alone.

    Each visit credits the move made with the advantage r + γ V(s') - V(s) of an
    actor-critic (Sutton and Barto 2018, section 13.5). V is what the policy earns by
    the transitions of this batch and no others: batch TD(0) (their section 6.3), for
    the policy as it is now instead of the moves that it happened to draw. As is usual,
    late visits count as much as early ones (Thomas 2014).
    agents: episodes in each level, of `horizon` moves.
    """
    start = rows.starts(agents, rng)
    spread = rows.spread(policy)
    state, branch = walk(rows.follow, spread, start, horizon, rng)
    width, actions = rows.follow.shape[1], policy.shape[1]
    played = state[:-1] * width + branch
    # The transitions that happened, by state, and how often each of them did.
    count = np.bincount(played[state[:-1] < len(rows)])
    seen = np.flatnonzero(count)
    count, reward = count[seen], rows.turns.reward.ravel()[seen]
    after, move = rows.follow.ravel()[seen], seen // (width // actions)
    here = move // actions
    # Moves that nobody made are left out, and of those made chance is what it was here.
    made = np.bincount(move, count, policy.size)
    known = (policy * (made > 0).reshape(policy.shape)).sum(1)
    weight = policy.ravel()[move] / known[here] * count / made[move]
    discount = rows.levels.world.discount
    # V = Σ weight · (r + γ V'), swept over the states that somebody was in.
    first = np.flatnonzero(np.diff(here, prepend=-1))
    number = np.full(len(rows) + 1, len(first))  # the last: where nobody made a move
    number[here[first]] = np.arange(len(first))
    value = np.zeros(len(first) + 1)
    expected = np.add.reduceat(weight * reward, first)
    ahead, weight = number[after], discount * weight
    for _ in range(SWEEPS):
        value[:-1] = expected + np.add.reduceat(weight * value.take(ahead), first)
    advantage = reward + discount * value[ahead] - value[number[here]]
    credit = np.bincount(move, count * advantage, policy.size)
    visits = np.bincount(here, count, len(rows))

    def episodes() -> Played:
        alive = state[:-1] < len(rows)
        which = np.searchsorted(seen, np.where(alive, played, seen[0]))
        at = value[number]
        earned, better = (np.where(alive, x[which], 0) for x in (reward, advantage))
        return Played(state[0], earned, alive, better, at[state[0]], at[state[-1]])

    return Credit(credit.reshape(policy.shape), visits, episodes)


def exact_credit(
    rows: Rows, policy: Floats, rng: np.random.Generator, agents: int, horizon: int
) -> Credit:
    """Return credit and visits as the policy gradient theorem has them, without noise.

    Sutton et al. 2000: discounted visits times probability times advantage. Starts are
    uniform over vacant cells, as for `sampled_credit`; agents, horizon: not used.
    """
    tables = rows.levels.tables()
    every = rows.to_states(policy)
    values = evaluate(tables, every)[..., 0]
    gain = action_values(tables, tables.rewards[..., 0], values)
    start = np.zeros(tables.shape[:2])
    vacant = rows.levels.vacant
    start[:, : vacant.shape[1]] = vacant / vacant.sum(1, keepdims=True)
    visits = occupancy(tables, every, start)
    credit = visits[..., None] * every * (gain - values[..., None])
    return Credit(credit[rows.states], visits[rows.states], _no_episodes)


def _no_episodes() -> Played:
    raise ValueError("credit='exact' plays no episodes; allowed: 'sampled'.")


CREDITS: dict[str, Callable[..., Credit]] = {
    "sampled": sampled_credit,
    "exact": exact_credit,
}


def by_logits(policy: Array, credit: Array, visits: Array, entropy: float) -> Array:
    """Return the gradient by the logits of base return plus an entropy bonus.

    All are [rows, actions] but visits, which is [rows].
    """
    # ∂/∂z_a Σ_b credit_b log π_b = credit_a − π_a Σ_b credit_b, since
    # ∂ log π_b / ∂z_a = [a = b] − π_a. The entropy H = −Σ π log π has the slope
    # −π_a (log π_a + H), and is weighed by visits as the credit is (A3C, Mnih 2016).
    surprise = np.log(np.maximum(policy, 1e-12))
    mean = (policy * surprise).sum(1, keepdims=True)
    push = credit - policy * credit.sum(1, keepdims=True)
    gradient: Array = push - entropy * visits[:, None] * policy * (surprise - mean)
    return gradient
