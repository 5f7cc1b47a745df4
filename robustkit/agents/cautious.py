"""Cautious agents: other agents that hand over where they are unsure.

An agent that noticed when it is out of its depth would break where it now competently
does something else. Three published signs of that can be tried, all of them made for
classifiers: how unsure it is (Hendrycks and Gimpel 2017, arXiv 1610.02136), how much
several seeds disagree (Lakshminarayanan et al. 2017, arXiv 1612.01474), and how unlike
training what it has in mind is (Lee et al. 2018, arXiv 1807.03888).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np

from .. import arguments
from ..arguments import quote
from ..mdp import Floats, occupancy
from ..worlds import Levels, refuse_own
from ..worlds.layouts import Bools
from .agent import Agent, check_agent
from .network import Network
from .planner import make_device, make_planner

SIGNS = "entropy", "disagreement", "unfamiliarity"
THEN = {"stay": "stays", "ask": "asks"}  # what it does, in its name
LEVELS, SEED = 256, 2_022_095  # of the training levels that say what is usual
ROUNDING = 1e-9  # by which a sign has to be above its limit
RIDGE = 1e-6  # of the mean variance, for what never varied in training

# (levels, the agent's policy there) → how unsure it is, [levels, states]
Sign = Callable[[Levels, Floats], Floats]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Cautious(Agent):
    """An agent that hands over where a sign of being unsure is above its limit.

    agent: as it is without. helper: what acts where it hands over.
    """

    recipe: ClassVar[str] = "cautious"

    agent: Agent
    helper: Agent
    sign: Sign
    limit: float

    @property
    def trained(self) -> bool:  # type: ignore[override]
        """Whether what it was made from was trained."""
        return self.agent.trained

    @property
    def remedies(self) -> list[str]:
        """What was done to move it back up, in words: caution comes last."""
        caution = f"hands over when unsure: {THEN[self.settings['then']]}"
        return [*self.agent.remedies, caution]

    def policy(self, levels: Levels) -> Floats:
        """Return action probabilities [levels, states, actions]."""
        own = self.agent.policy(self.check(levels))
        over = self._over(levels, own)
        return np.where(over[..., None], self.helper.policy(levels), own)

    def hands_over(self, levels: Levels) -> Bools:
        """Return in which states it hands over, [levels, states]."""
        return self._over(levels, self.agent.policy(self.check(levels)))

    def _over(self, levels: Levels, own: Floats) -> Bools:
        return self.sign(levels, own) > self.limit


def cautious(
    agent: Agent,
    sign: str = "entropy",
    threshold: float = 0.95,
    then: str = "stay",
    price: float = 0.0,
    others: Sequence[Agent] = (),
) -> Cautious:
    """Return an agent that hands over where it is unsure.

    sign: "entropy", of its policy in that state; "disagreement", between it and
    `others`, agents of other seeds of the same world; or "unfamiliarity", how far what
    a network has in mind is from what it had in mind in training. threshold: the share
    of its moves on training levels (drawn with a seed of their own) whose sign stays
    within the limit; it hands over above that limit. then: "stay", as the device of
    that name does, or "ask", to do as the base planner does. price: for asking about
    one move, in units of the score, for `rk.stopping` to charge.
    Raises ValueError for anything but an agent, for one without a policy or one that is
    cautious already, a world whose states cannot be listed, others that do not fit,
    another word or a number out of range.

    >>> import robustkit as rk
    >>> world = rk.make("cheese", size=7)
    >>> agent = rk.train("network", world, updates=50)
    >>> rk.cautious(agent).name
    'network 0, stays when unsure'
    """
    check_cautious(agent, sign, then, price, others)
    threshold = check_threshold("threshold", threshold)
    price = arguments.number("price", price)
    world = agent.world
    levels = world.sample(LEVELS, seed=SEED)
    policy = agent.policy(levels)
    visits = occupancy(levels.tables(), policy)
    tell = _tell(sign, agent, others)
    about = {"agent": agent.name, "sign": sign, "threshold": threshold, "then": then}
    more = {"others": [other.name for other in others]} if others else {}
    return Cautious(
        world=world,
        name=f"{agent.name}, {THEN[then]} when unsure",
        settings={**about, "price": price, **more},
        agent=agent,
        helper=make_device("stay", world) if then == "stay" else make_planner(world),
        sign=tell,
        limit=quantile(tell(levels, policy), visits, threshold),
    )


# Signs


def _tell(sign: str, agent: Agent, others: Sequence[Agent]) -> Sign:
    if sign == "disagreement":
        return partial(disagreement, tuple(others))
    if isinstance(agent, Network) and sign == "unfamiliarity":
        # Not the levels that say what is usual: those it is fitted to look familiar.
        return Unfamiliarity.of(agent, agent.world.sample(LEVELS, seed=SEED + 1))
    return entropy


def entropy(levels: Levels, policy: Floats) -> Floats:
    """Return the entropy of a policy, from 0 (sure) to 1 (all moves alike)."""
    return _nats(policy) / np.log(policy.shape[-1])


def disagreement(others: Sequence[Agent], levels: Levels, policy: Floats) -> Floats:
    """Return how much a policy and those of others disagree, in nats.

    The generalised Jensen-Shannon divergence, the entropy of their mean less the mean
    of their entropies (Lin 1991, eq. 5.1).
    """
    every = [policy, *(other.policy(levels) for other in others)]
    apart: Floats = _nats(np.mean(every, 0)) - np.mean([*map(_nats, every)], 0)
    return apart


def _nats(policy: Floats) -> Floats:
    odds = np.where(policy > 0, policy, 1.0)
    nats: Floats = -(policy * np.log(odds)).sum(-1)
    return nats


@dataclass(frozen=True, eq=False)
class Unfamiliarity:
    """How far what a network has in mind is from what it had in mind in training.

    The Mahalanobis distance from the nearest mean, with one covariance for all (Lee et
    al. 2018, eq. 2), of its last hidden state. There is a mean for each move, of where
    that move is the likeliest. means: [moves, channels], of moves it makes at all.
    inverse: [channels, channels], of the covariance.
    """

    network: Network
    means: Floats
    inverse: Floats

    @classmethod
    def of(cls, network: Network, levels: Levels) -> Self:
        """Return it for a network that is at home in these levels."""
        policy = network.policy(levels)
        visits = occupancy(levels.tables(), policy)
        met = visits > 0
        mind = network.in_mind(levels)[met].astype(float)
        weight = visits[met] / visits.sum()
        moves, move = np.unique(policy[met].argmax(-1), return_inverse=True)
        each = np.eye(len(moves))[move] * weight[:, None]
        means = each.T @ mind / each.sum(0)[:, None]
        apart = mind - means[move]
        spread = (apart * weight[:, None]).T @ apart
        spread += RIDGE * spread.trace() / len(spread) * np.eye(len(spread))
        return cls(network, means, np.linalg.inv(spread))

    def __call__(self, levels: Levels, policy: Floats) -> Floats:
        """Return the distance in every state, [levels, states]."""
        mind = self.network.in_mind(levels)
        apart = (mind - mean for mean in self.means)
        squares = [((each @ self.inverse) * each).sum(-1) for each in apart]
        far: Floats = np.sqrt(np.min(squares, 0))
        return far


def quantile(values: Floats, weights: Floats, share: float) -> float:
    """Return the least value that this share of the weights does not exceed.

    Where many have the same value, as a planner's moves do, fewer may be above it than
    1 - share. A little is added, so that none is above it by rounding alone.
    """
    order = np.argsort(values, axis=None)
    below = weights.ravel()[order].cumsum()
    place = np.searchsorted(below, share * below[-1])
    least = values.ravel()[order[min(place, len(order) - 1)]]
    return float(least + ROUNDING * max(1.0, abs(least)))


# Arguments


def check_cautious(
    agent: Any, sign: Any, then: Any, price: Any, others: Sequence[Any]
) -> None:
    """Raise ValueError for what cannot be made into a cautious agent."""
    _check_agent("agent", agent)
    arguments.one_of("sign", sign, SIGNS)
    arguments.one_of("then", then, THEN)
    price = arguments.number("price", price, 0, 1e6)
    if price and then != "ask":
        raise ValueError(
            f"price={price:g} is not possible with then={then!r}, which never asks; "
            "allowed: 0."
        )
    if sign == "unfamiliarity" and not isinstance(agent, Network):
        raise ValueError(
            f"sign='unfamiliarity' looks into a network, which agent={agent.name!r} is "
            "not; allowed: 'entropy', 'disagreement'."
        )
    _check_others(agent, sign, others)


def _check_others(agent: Agent, sign: str, others: Any) -> None:
    """Raise ValueError unless there are others just where they are needed."""
    several = "agents of other seeds of the same world"
    if not isinstance(others, Sequence) or isinstance(others, str):
        raise arguments.refusal("others", others, f"a list of {several}")
    if (sign == "disagreement") != bool(others):
        needs = f"allowed: {several}" if not others else "allowed: none"
        raise ValueError(f"others={quote(others)} with sign={sign!r}; {needs}.")
    for other in others:
        _check_agent("others", other)
        if other is agent:
            raise ValueError(
                f"others holds {agent.name!r} itself, which never disagrees with "
                f"itself; allowed: {several}."
            )
        theirs, ours = other.world, agent.world
        if (theirs.name, theirs.options) != (ours.name, ours.options):
            raise ValueError(
                f"others holds {other.name!r} of {theirs!r}; allowed: {several}, "
                f"{ours!r}."
            )


def _check_agent(name: str, given: Any) -> None:
    """Raise ValueError for anything but an agent that can be made cautious."""
    check_agent(given, name)
    if isinstance(given, Cautious):
        raise ValueError(
            f"{name}={quote(given.name)} is cautious already; allowed: the agent that "
            "it was made from, its `.agent`."
        )
    if not given.tabular:
        raise ValueError(
            f"{name}={quote(given.name)} remembers, or draws its moves at random, so "
            "it has no policy to say how sure it is; allowed: an agent with a policy."
        )
    refuse_own(given.world, "no agent can be made cautious")
    if not given.world.listed:
        raise ValueError(
            f"{name}={quote(given.name)} is of {given.world!r}, which has too many "
            "states to list; allowed: an agent of a world whose states can be listed."
        )


def check_threshold(name: str, given: Any) -> float:
    """Return a threshold as a float above 0 and below 1; raise ValueError if not."""
    threshold = arguments.number(name, given, 0, 1)
    if threshold in (0, 1):
        raise ValueError(
            f"{name}={threshold:g} is out of range; allowed: a number above 0 and "
            "below 1."
        )
    return threshold
