"""Distances between reward functions: EPIC, DARD and STARC, in closed form on tables.

A reward is an array [levels, states, branches], what a branch pays. All three leave
positive scaling and potential shaping out of account, each in its own way, and lie in
[0, 1]. EPIC and DARD are defined for R(s, a, s'), also where a does not lead from s to
s'; a reward here is of a state and a move, whatever state it is said to lead to, so a
potential has to be taken out of it beforehand. STARC asks for moves that can be made
only, and takes potentials out itself.
Averages are over live states, alike, and over moves, alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ...mdp import Floats, Tables, action_values, evaluate, uniform_policy


def epic(tables: Tables, one: Floats, two: Floats) -> float:
    """Return the distance of Gleave et al. 2021.

    Canonically shaped: C(R)(s, a, s') = R(s, a) + γ m(s') - m(s), up to a constant,
    with m(s) the mean over moves. Distance sqrt((1 - ρ) / 2), ρ Pearson's correlation.
    """

    def shape(reward: Floats) -> Floats:
        mean = _mean_over_moves(tables, reward)
        return (
            _of_moves(tables, reward)
            + tables.discount * tables.after(mean)
            - mean[..., None]
        )

    return _pearson_distance(tables, shape(one), shape(two))


def dard(tables: Tables, one: Floats, two: Floats) -> float:
    """Return the distance of Wulfe et al. 2022.

    Like EPIC, but what is subtracted comes from the states that can follow:
    C(R)(s, a, s') = R(s, a) + γ m(s') - m(s) - γ E m(S'), with S' the state after s and
    a move at random.
    """

    def shape(reward: Floats) -> Floats:
        mean = _mean_over_moves(tables, reward)
        after = tables.after(mean)
        usual = (after * _share(tables)).sum(-1)
        ahead = tables.discount * (after - usual[..., None])
        return _of_moves(tables, reward) + ahead - mean[..., None]

    return _pearson_distance(tables, shape(one), shape(two))


def starc(tables: Tables, one: Floats, two: Floats) -> float:
    """Return the distance of Skalse et al. 2024.

    Canonicalised by value-adjusted levelling for the uniform policy, E[R + γ V(S')] -
    V(s), divided by its Euclidean norm, and half the Euclidean distance of these.
    """
    both = replace(
        tables,
        rewards=np.stack([one, two], -1),
        objectives=("one", "two"),
        scale=np.ones(2),
    )
    values = evaluate(both, uniform_policy(both))
    levelled = action_values(both, both.rewards, values) - values[:, :, None]
    flat = levelled[tables.live].reshape(-1, 2).T
    norms = np.linalg.norm(flat, axis=1)
    unit = flat / np.where(norms > 1e-12, norms, 1)[:, None]
    return float(np.linalg.norm(unit[0] - unit[1]) / 2)


DISTANCES: dict[str, Callable[[Tables, Floats, Floats], float]] = {
    "EPIC": epic,
    "DARD": dard,
    "STARC": starc,
}


def _share(tables: Tables) -> Floats:
    """Return the probability of each branch under a move at random."""
    return tables.spread(uniform_policy(tables))


def _of_moves(tables: Tables, reward: Floats) -> Floats:
    """Return what the move of each branch pays on average."""
    expected = tables.expect(reward)
    return np.repeat(expected, tables.outcomes, -1) * tables.live[..., None]


def _mean_over_moves(tables: Tables, reward: Floats) -> Floats:
    mean: Floats = (reward * _share(tables)).sum(-1) * tables.live
    return mean


def _pearson_distance(tables: Tables, one: Floats, two: Floats) -> float:
    """Return sqrt((1 - ρ) / 2); ρ is 0 where just one of the two is constant."""
    weight = _share(tables)[tables.live].ravel()
    flat = np.stack([one[tables.live].ravel(), two[tables.live].ravel()])
    flat = flat - np.average(flat, axis=1, weights=weight)[:, None]
    square = (weight * flat**2).sum(1)
    if (square <= 1e-24).all():
        return 0.0
    if (square <= 1e-24).any():
        return float(np.sqrt(0.5))
    rho = (weight * flat[0] * flat[1]).sum() / np.sqrt(square.prod())
    return float(np.sqrt(max(0.0, 1 - rho) / 2))
