"""Credit: what to push up, so that base return climbs.

Credit is [levels, states, actions], such that the gradient of base return by the logits
is credit minus policy times the sum of credit over actions.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..mdp import Floats, evaluate, occupancy, play
from ..worlds import Levels
from .convolution import Array
from .recipe import random_starts


def sampled_credit(
    levels: Levels,
    policy: Floats,
    rng: np.random.Generator,
    agents: int,
    horizon: int,
) -> tuple[Floats, Floats]:
    """Return credit and visits [levels, states] from episodes and base reward alone.

    REINFORCE (Williams 1992): each visit credits the move made with the return that
    followed, less the mean return of the other agents that passed there (leave-one-out
    baseline; Kool et al. 2019). As is usual, and unlike the gradient of the discounted
    return, late visits count as much as early ones (Thomas 2014).
    agents: episodes in each level, of `horizon` moves.
    """
    tables, n = levels.tables(), agents
    start = random_starts(levels, n, rng)
    episodes = play(tables, policy, horizon, rng, n, start)
    state = np.moveaxis(episodes.states[..., :-1], -1, 0)  # [steps, levels, agents]
    move = np.moveaxis(episodes.actions, -1, 0)
    level, agent = np.ogrid[: len(levels), :n]
    branch = np.moveaxis(episodes.branches, -1, 0)
    reward = tables.rewards[level, state, branch, 0]
    to_go = _to_go(reward, tables.discount)
    # Visits to an end count for nothing: there is no move to credit there.
    played = tables.live[level, state]
    place = level * tables.shape[1] + state
    own = (place * n + agent)[played]
    place, gain = place[played], to_go[played]
    size = tables.live.size

    def others(amount: Floats | None) -> Floats:
        every = np.bincount(place, amount, size)[place]
        mine = np.bincount(own, amount, size * n)[own]
        rest: Floats = every - mine
        return rest

    # The baseline of a visit is the mean return of the *other* agents in that state. It
    # does not depend on the agent's own moves, so that it takes away variance and
    # leaves the expected gradient as it is; where nobody else came by, it is 0.
    number, sums = others(None), others(gain)
    advantage = gain - np.where(number > 0, sums / np.maximum(number, 1), 0)
    index = place * tables.shape[2] + move[played]
    credit = np.bincount(index, advantage, size * tables.shape[2])
    visits = np.bincount(place, minlength=size).astype(float)
    return credit.reshape(tables.shape), visits.reshape(tables.shape[:2])


def _to_go(reward: Floats, discount: float) -> Floats:
    """Return G_t = r_t + γ G_{t+1} (Sutton and Barto 2018, eq. 3.9), [steps, ...]."""
    to_go = np.empty_like(reward)
    total = np.zeros(reward.shape[1:])
    for step in reversed(range(len(reward))):
        total = to_go[step] = reward[step] + discount * total
    return to_go


def exact_credit(
    levels: Levels,
    policy: Floats,
    rng: np.random.Generator,
    agents: int,
    horizon: int,
) -> tuple[Floats, Floats]:
    """Return credit and visits as the policy gradient theorem has them, without noise.

    Sutton et al. 2000: discounted visits times probability times advantage. Starts are
    uniform over vacant cells, as for `sampled_credit`; agents,
    horizon: not used.
    """
    tables = levels.tables()
    values = evaluate(tables, policy)[..., 0]
    level = np.arange(len(levels))[:, None, None]
    gain = tables.rewards[..., 0] + tables.discount * values[level, tables.next_state]
    gain = tables.expect(gain)  # Q(s, a) where chance plays a part
    start = np.zeros(tables.shape[:2])
    start[:, : levels.vacant.shape[1]] = levels.vacant / levels.vacant.sum(
        1, keepdims=True
    )
    visits = occupancy(tables, policy, start)
    return visits[..., None] * policy * (gain - values[..., None]), visits


CREDITS: dict[str, Callable[..., tuple[Floats, Floats]]] = {
    "sampled": sampled_credit,
    "exact": exact_credit,
}


def by_logits(policy: Array, credit: Array, visits: Array, entropy: float) -> Array:
    """Return the gradient by the logits of base return plus an entropy bonus.

    All are [.., actions] but visits, which is [.., 1].
    """
    # ∂/∂z_a Σ_b credit_b log π_b = credit_a − π_a Σ_b credit_b, since
    # ∂ log π_b / ∂z_a = [a = b] − π_a. The entropy H = −Σ π log π has the slope
    # −π_a (log π_a + H), and is weighed by visits as the credit is (A3C, Mnih 2016).
    surprise = np.log(np.maximum(policy, 1e-12))
    mean = (policy * surprise).sum(-1, keepdims=True)
    push = credit - policy * credit.sum(-1, keepdims=True)
    gradient: Array = push - entropy * visits * policy * (surprise - mean)
    return gradient
