"""Two published ways to ask for a goal, for comparison with the groundings.

Both take one goal for all levels and have no axis of capability: a temperature, or the
odds of an agent against a device, is what they have in its place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...mdp import Floats, Tables, check_policy, occupancy, optimal_values, plan
from ..conventions import DEFAULT
from ..pursuits import losses, units_of_loss


@dataclass(frozen=True, eq=False)
class Inferred:
    """What Boltzmann inverse reinforcement learning makes of a policy.

    mixtures: [mixtures, objectives], weights of R_g / scale_g; posterior: [mixtures],
    how likely each is. mean: [objectives], of the posterior. beta: the likeliest
    rationality, in the inverse of what a random move loses. nats: per move, how much
    better than a uniform guess the likeliest pair predicts.
    """

    objectives: tuple[str, ...]
    mixtures: Floats
    posterior: Floats
    mean: Floats
    beta: float
    nats: float


def boltzmann_irl(policy: ArrayLike, tables: Tables) -> Inferred:
    """Return which mixture of the objectives the moves are Boltzmann-rational for.

    P(a|s) ∝ exp(β Q*(s, a)) (Ramachandran and Amir 2007, section 3.1), with a uniform
    prior over the mixtures and betas of the conventions instead of a Markov chain over
    all rewards, and discounted visits instead of sampled states.
    policy: [levels, states, actions].
    """
    pi = check_policy(policy, tables)
    mixtures = DEFAULT.mixtures(len(tables.objectives))
    moves = occupancy(tables, pi)[..., None] * pi
    loss = regrets(tables, mixtures)
    betas = np.array([0.0, *DEFAULT.betas])
    said = [_log_likelihood(moves, loss[..., m], betas) for m in range(len(mixtures))]
    likely = np.array(said)  # [mixtures, betas]
    odds = np.exp(likely - likely.max()).sum(1)
    best = np.unravel_index(likely.argmax(), likely.shape)
    posterior = odds / odds.sum()
    visits = max(float(moves.sum()), 1e-12)
    return Inferred(
        objectives=tables.objectives,
        mixtures=mixtures,
        posterior=posterior,
        mean=posterior @ mixtures,
        beta=float(betas[best[1]]),
        nats=float(likely.max()) / visits + float(np.log(pi.shape[-1])),
    )


def regrets(tables: Tables, mixtures: Floats) -> Floats:
    """Return how much worse than optimal moves are, in units of a random move's loss.

    mixtures: [mixtures, objectives]; returns [levels, states, actions, mixtures].
    """
    loss = losses(tables, mixtures, optimal_values(tables, mixtures))
    loss = loss * tables.live[..., None]
    return np.moveaxis(loss, 0, -1) / units_of_loss(loss[:, : tables.originals])


def _log_likelihood(moves: Floats, loss: Floats, betas: Floats) -> Floats:
    """Return [betas], Σ visits × log P(a|s)."""
    there = moves.sum(-1) > 0
    mass, lost = moves[there], loss[there]
    spread = [
        float((mass.sum(-1) * np.log(np.exp(-b * lost).sum(-1))).sum()) for b in betas
    ]
    return -betas * float((mass * lost).sum()) - np.array(spread)


def agent_odds(policy: ArrayLike, tables: Tables) -> float:
    """Return log P(behaviour | an agent) - log P(behaviour | a device), in nats.

    After Orseau, McGregor McGill and Legg 2018 ("Agents and Devices"): an agent is an
    ε-greedy planner for one of the candidate goals, a device is a rule that turns what
    it sees into moves without a goal. Theirs are mixtures over programs by length; ours
    are the planners and noises of the conventions, alike, against a device that does
    not look at all and learns its moves as it goes (Krichevsky and Trofimov 1981).
    Discounted visits stand for a history in each level.
    policy: [levels, states, actions].
    """
    pi = check_policy(policy, tables)
    goals = DEFAULT.goals(len(tables.objectives))
    moves = occupancy(tables, pi)[..., None] * pi
    there = moves.sum(-1) > 0
    mass, actions = moves[there], pi.shape[-1]
    said = [
        float((mass * np.log((1 - e) * best[there] + e / actions)).sum())
        for best in plan(tables, goals)[1]
        for e in DEFAULT.noises
    ]
    top = max(said)
    agent = top + float(np.log(np.mean(np.exp(np.array(said) - top))))
    count = mass.sum(0)
    total = max(float(count.sum()), 1.0)
    share = np.maximum(count / total, 1e-12)
    device = float(count @ np.log(share)) - (actions - 1) / 2 * float(np.log(total))
    return agent - device
