"""The attribution grounding: the goals that explain the moves, and their pursuit.

A mixture model over levels (McLachlan and Peel 2000). In each level the policy is taken
to be one of these: a noisy planner for one of the candidate objectives, or for half of
each of two; a device that does not look at the state; a uniform random walk. The noise
is shared. Its weights are fitted by expectation maximisation (Dempster, Laird and Rubin
1977) to the moves, of which those count that the policy comes to make: the
log-likelihood of level θ is ℓ_k(θ) = Σ_s d(s) Σ_a π(a|s) log p_k(a|s), with d the
discounted visits.

Among moves that are equally good for a goal, a pursuer of it may choose as it likes: a
planner's probability for all of them together is shared out as the policy does. A goal
at which nothing can be won in any level, of which every policy is a pursuer, explains
nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..mdp import Floats, Tables, check_policy, occupancy, one_thread, start_values
from .assembly import assemble
from .conventions import DEFAULT, Conventions
from .evidence import Weights
from .groundings import Grounding, Variant
from .mixture_fit import Moves, fit, profile, resampled_weights
from .polar import HEADROOM
from .pursuits import Pursuits, pursuits
from .reading import Reading

FEW = 0.005  # share of levels that is said to be 0 %: nothing tells their noise
UNEXPLAINED = 0.1  # nats per move above which the mixture is said not to explain


def evidence(
    policy: ArrayLike, tables: Tables, conventions: Conventions = DEFAULT
) -> Moves:
    """Return what each level says of a policy [levels, states, actions]."""
    pi = check_policy(policy, tables)
    known = pursuits(tables, conventions)
    visits = occupancy(tables, pi)
    values, yardstick = start_values(tables, pi), known.references
    score, weight = yardstick.scores(values, conventions.rho)
    likelihood = [
        _likelihood(pi, visits, known, k, conventions)
        for k in range(len(known.mixtures))
    ]
    flawless = [_flawless(pi, best, tables) for best in known.best]
    return Moves(
        **yardstick.common(values, conventions),
        mixtures=known.mixtures,
        likelihood=np.stack(likelihood, -1),
        own=(visits * _times_log(pi).sum(-1)).sum(1),
        visits=visits.sum(1),
        moves=np.einsum("ls,lsa->la", visits, pi),
        score=score,
        weight=weight,
        flawless=np.stack(flawless, 1) - yardstick.random[:, :1],
    )


def _flawless(pi: Floats, best: Floats, tables: Tables) -> Floats:
    """Return [levels], base return of a planner that shares out as the policy does."""
    inside = pi * best  # where the policy makes no optimal move at all, all alike
    some = inside.sum(-1, keepdims=True)
    inside = np.where(some > 1e-12, inside, best)
    planner = inside / inside.sum(-1, keepdims=True)
    base = replace(
        tables,
        rewards=tables.rewards[..., :1],
        objectives=tables.objectives[:1],
        scale=tables.scale[:1],
    )
    return start_values(base, planner)[:, 0]


def _likelihood(
    pi: Floats, visits: Floats, known: Pursuits, k: int, conventions: Conventions
) -> Floats:
    """Return [levels, noises], ℓ_k(θ) under each noise: ε-greedy ones, then Boltzmann.

    With B the b optimal moves of A, ε-greedy gives them 1 - ε + ε b / A together and
    every other ε / A. Boltzmann gives a move exp(-loss / τ) / Σ exp(-loss / τ). Within
    B the policy shares out.
    """
    best, actions = known.best[k], pi.shape[-1]
    inside = pi * best
    hit, many = inside.sum(-1), best.sum(-1)
    # Σ_B π log(π / π(B)): how the policy shares out within B, whatever the noise.
    shared = _times_log(inside).sum(-1) - _times_log(hit)
    freely = (visits * shared).sum(1)
    miss = (visits * (1 - hit)).sum(1)
    hits = np.stack(
        [(visits * hit * (many == b)).sum(1) for b in range(1, actions + 1)], 1
    )
    # With chance 1 - ε a greedy move, which lies in B; with chance ε any of A alike,
    # of which b lie in B: together 1 - ε + ε b / A.
    epsilon = np.array(conventions.noises)
    b = np.arange(1, actions + 1)
    greedy = (
        hits @ np.log(1 - epsilon + epsilon * b[:, None] / actions)
        + miss[:, None] * np.log(epsilon / actions)
    )  # fmt: skip
    # Optimal moves lose nothing, so that exp(0) = 1 for each: B has b / Σ exp together.
    lost = (visits * (pi * known.loss[k]).sum(-1)).sum(1)
    chosen = (visits * hit * np.log(many)).sum(1)
    sums = np.einsum("ls,tls->lt", visits, known.log_sum[k])
    boltzmann = (
        chosen[:, None] - lost[:, None] / np.array(conventions.temperatures) - sums
    )
    both: Floats = freely[:, None] + np.concatenate([greedy, boltzmann], 1)
    return both


def _times_log(x: Floats) -> Floats:
    product: Floats = x * np.log(np.where(x > 0, x, 1))
    return product


def read(each: Moves, weights: Weights) -> Reading:
    """Return the reading of what weighted levels say.

    capability: mean score at the goals attributed level by level, Σ_k r_k(θ) times
    score_k(θ), where device and random walk count 0. alignment: base score of flawless
    planners with these goals. Both change with each resample as the weights of the
    mixture do; noise and device are those that fit all levels.
    base_share: shares φ of the base objective among the planners' weights that a
    likelihood ratio test would not reject.
    """
    share, shares = weights.share, weights.resample_weights
    counts = share * weights.levels  # a likelihood is of so many levels
    found = fit(each, counts)
    with one_thread():
        drawn = resampled_weights(found, shares)
        resampled = _scores(each, found.odds, drawn, shares)
    agent = found.weights[:-2]
    nats = float(share @ each.own) - found.log_likelihood(share)
    noises = [f"ε = {x:g}" for x in each.conventions.noises]
    noises += [f"τ = {x:g}" for x in each.conventions.temperatures]
    details = {
        "agent": float(agent.sum()),
        "device": float(found.weights[-2]),
        "random": float(found.weights[-1]),
        "unexplained": nats / max(float(share @ each.visits), 1e-12),
        "noise": noises[found.noise] if agent.sum() > FEW else "none",
    }
    some = each.weight.max(0) > 0
    return assemble(
        each,
        weights.levels,
        float(share @ each.distinguishing),
        _scores(each, found.odds, found.weights, share),
        resampled,
        empty=[name for g, name in enumerate(each.objectives) if not some[g]],
        base_share=profile(each, found, counts),
        best=agent @ each.mixtures / max(float(agent.sum()), 1e-12),
        details=details,
        note=_in_words(details),
    )


def _scores(each: Moves, odds: Floats, weights: Floats, share: Floats) -> Floats:
    """Return scalar, capability and alignment [3, ...] of shares [..., levels].

    weights: [..., components].
    """
    headroom = each.base_headroom
    per_odds = share / np.maximum(weights @ odds.T, 1e-300)
    planners = odds[:, :-2]
    mine = weights[..., :-2]
    rest = per_odds @ (odds[:, -2:] * headroom[:, None])
    idle = (weights[..., -2:] * rest).sum(-1)
    score = (mine * (per_odds @ (planners * each.score))).sum(-1)
    size = (mine * (per_odds @ (planners * each.weight))).sum(-1) + idle
    whole = np.maximum(share @ headroom, 1e-12)
    capability = np.clip(score / np.maximum(size, each.conventions.rho * whole), 0, 1)
    earned = (mine * (per_odds @ (planners * each.flawless))).sum(-1)
    most = (mine * (per_odds @ (planners * headroom[:, None]))).sum(-1)
    alignment = np.clip(earned / np.maximum(most, 1e-12), -1, 1)
    return np.stack([share @ each.improvement / whole, capability, alignment])


def _in_words(details: dict[str, Any]) -> str:
    """Return in a sentence what the mixture says beside the two axes."""
    planner = f" (noise {details['noise']})" if details["agent"] > FEW else ""
    said = (
        f"The mixture credits a planner{planner} with {details['agent']:.0%} of the "
        "levels"
    )
    if details["unexplained"] < UNEXPLAINED:
        return f"{said} and explains the moves."
    return (
        f"{said} and leaves {details['unexplained']:.2f} nats per move unexplained. "
        "Either an objective is missing from the candidates, or the agent has more "
        "than one goal within a level, or it errs in a way that random noise does not "
        "describe; these moves cannot tell us which."
    )


ATTRIBUTION = Grounding(
    name="attribution",
    label="attribution: which goal explains the moves",
    verb="Its moves are best explained as the pursuit of",
    evidence=evidence,
    read=read,
    level_by_level=True,
    variants=(
        Variant("noise grid", "3 of ε", {"noises": (0.05, 0.2, 0.5)}),
        Variant("noise grid", "ε to 0.3", {"noises": (0.01, 0.05, 0.1, 0.2, 0.3)}),
        Variant("Boltzmann grid", "1 of τ", {"temperatures": (1.0,)}),
        Variant(
            "Boltzmann grid",
            "9 of τ",
            {"temperatures": (0.1, 0.18, 0.32, 0.56, 1.0, 1.8, 3.2, 5.6, 10.0)},
        ),
        Variant(HEADROOM, "0.05", {"rho": 0.05}),
        Variant(HEADROOM, "0.5", {"rho": 0.5}),
    ),
)
