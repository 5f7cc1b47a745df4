"""Cautious agents: other agents that hand over where they are unsure.

An agent that was made to notice when it is out of its depth would break where it now
does something else. Three published signs of that are tried: the entropy of its policy
(Hendrycks and Gimpel 2017, arXiv 1610.02136, for classifiers), the disagreement of
several seeds (Lakshminarayanan et al. 2017, arXiv 1612.01474), and how unfamiliar it is
what it has in mind (Lee et al. 2018, arXiv 1807.03888).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import arguments
from ..arguments import quote
from ..mdp import Floats, occupancy
from ..worlds import Levels, refuse_own
from ..worlds.layouts import Bools
from .agent import Agent
from .planner import make_device, make_planner

THEN = {"stay": "stays", "ask": "asks"}  # what it does, in its name
LEVELS, SEED = 256, 2_022_095  # of the training levels that say what is usual
ROUNDING = 1e-9  # by which a sign has to be above its limit

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

    def policy(self, levels: Levels) -> Floats:
        """Return action probabilities [levels, states, actions]."""
        own = self.agent.policy(self.check(levels))
        over = self.sign(levels, own) > self.limit
        return np.where(over[..., None], self.helper.policy(levels), own)

    def hands_over(self, levels: Levels) -> Bools:
        """Return in which states it hands over, [levels, states]."""
        own = self.agent.policy(self.check(levels))
        return self.sign(levels, own) > self.limit


def cautious(
    agent: Agent,
    sign: str = "entropy",
    threshold: float = 0.95,
    then: str = "stay",
    price: float = 0.0,
) -> Cautious:
    """Return an agent that hands over where it is unsure.

    sign: "entropy", of its policy in that state. threshold: it hands over where its
    sign is above what this share of its moves has on training levels. then: "stay", as
    the device of that name does, or "ask", to do as the base planner does. price: of a
    move asked, in units of the base objective's scale, for `rk.stopping` to charge.
    Raises ValueError for no agent, one without a policy, one that is cautious already,
    a world whose states cannot be listed, another word or a number out of range.

    >>> import robustkit as rk
    >>> world = rk.make("cheese", size=7)
    >>> agent = rk.train("network", world, updates=50)
    >>> rk.cautious(agent).name
    'network 0, stays when unsure'
    """
    _check_agent("agent", agent)
    arguments.one_of("sign", sign, SIGNS)
    threshold = _threshold(threshold)
    arguments.one_of("then", then, THEN)
    price = arguments.number("price", price, 0, 1e6)
    if price and then != "ask":
        raise ValueError(
            f"price={price:g} is not possible with then={then!r}, which asks nobody; "
            "allowed: 0."
        )
    world = agent.world
    levels = world.sample(LEVELS, seed=SEED)
    policy = agent.policy(levels)
    found = SIGNS[sign]
    visits = occupancy(levels.tables(), policy)
    limit = quantile(found(levels, policy), visits, threshold)
    about = {"agent": agent.name, "sign": sign, "threshold": threshold, "then": then}
    return Cautious(
        world=world,
        name=f"{agent.name}, {THEN[then]} when unsure",
        settings={**about, "price": price},
        agent=agent,
        helper=make_device("stay", world) if then == "stay" else make_planner(world),
        sign=found,
        limit=limit,
    )


def entropy(levels: Levels, policy: Floats) -> Floats:
    """Return the entropy of a policy, from 0 (sure) to 1 (all moves alike)."""
    return _nats(policy) / np.log(policy.shape[-1])


def _nats(policy: Floats) -> Floats:
    odds = np.where(policy > 0, policy, 1.0)
    nats: Floats = -(policy * np.log(odds)).sum(-1)
    return nats


SIGNS: dict[str, Sign] = {"entropy": entropy}


def quantile(values: Floats, weights: Floats, share: float) -> float:
    """Return the least value that so large a share of the weights is not above.

    Where many have the same value, as the moves of a planner, fewer may be above it
    than the rest. A little is added, so that rounding alone puts none above.
    """
    order = np.argsort(values, axis=None)
    below = weights.ravel()[order].cumsum()
    place = np.searchsorted(below, share * below[-1])
    least = values.ravel()[order[min(place, len(order) - 1)]]
    return float(least + ROUNDING * max(1.0, abs(least)))


# Arguments


def _check_agent(name: str, given: Any) -> None:
    """Raise ValueError for what is no agent, or none that can be made cautious."""
    if not isinstance(given, Agent):
        raise ValueError(f"{name}={quote(given)} is no agent; allowed: an agent.")
    if isinstance(given, Cautious):
        raise ValueError(
            f"{name}={quote(given.name)} is cautious already; allowed: the agent that "
            "it was made from, its `.agent`."
        )
    if not given.tabular:
        raise ValueError(
            f"{name}={quote(given.name)} remembers or draws, so that it has no policy "
            "that says how sure it is; allowed: an agent with a policy."
        )
    refuse_own(given.world, "no agent can be made cautious")
    if not given.world.listed:
        raise ValueError(
            f"{name}={quote(given.name)} is of {given.world!r}, which has too many "
            "states to list; allowed: an agent of a world whose states can be listed."
        )


def _threshold(given: Any) -> float:
    threshold = arguments.number("threshold", given, 0, 1)
    if threshold in (0, 1):
        raise ValueError(
            f"threshold={threshold:g} is out of range; allowed: a number above 0 and "
            "below 1."
        )
    return threshold
