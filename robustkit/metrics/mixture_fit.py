"""The mixture model of attribution, fitted: by expectation maximisation, and profiled.

Expectation maximisation (Dempster, Laird and Rubin 1977) over levels, each of which is
that of one planner, of a device that does not look, or of a random walk.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np

from ..mdp import Floats
from .evidence import SHARED, Evidence

VACUOUS = -1e6  # nats, of a goal at which there is nothing to win
FINISHED = 3  # noises that are fitted to the end
ROUNDS = 200  # of expectation maximisation, at most
RESAMPLED_ROUNDS = 12  # for each resample, from what fits all levels
TOLERANCE = 1e-10  # nats per level that a round must still bring
SHARES = 41  # of the base objective, tried for the profile likelihood


@dataclass(frozen=True, eq=False, kw_only=True)
class Moves(Evidence):
    """What the moves of a policy say in each level.

    mixtures: [planners, objectives]. likelihood: [levels, noises, planners], ℓ_k(θ).
    own: [levels], the same of the policy itself. visits: [levels], Σ_s d(s). moves:
    [levels, actions], Σ_s d(s) π(a|s). score, weight: [levels, planners], as in
    `polar.Values`, at the planner's goal. flawless: [levels, planners], base return
    over random of a flawless planner that shares out as the policy does.
    """

    mixtures: Floats = field(metadata=SHARED)
    likelihood: Floats
    own: Floats
    visits: Floats
    moves: Floats
    score: Floats
    weight: Floats
    flawless: Floats


@dataclass(frozen=True, eq=False)
class Fit:
    """A mixture that fits: its weights, the device's moves, the noise it has.

    weights: [planners + 2], of the planners, device and random walk. device: [actions].
    odds: [levels, planners + 2], exp ℓ_k up to a factor per level, top: [levels], the
    logarithm of that factor.
    """

    weights: Floats
    device: Floats
    noise: int
    odds: Floats
    top: Floats

    def log_likelihood(self, share: Floats) -> float:
        """Return Σ_θ share log Σ_k m_k exp ℓ_k(θ)."""
        return float(share @ (np.log(self.odds @ self.weights) + self.top))


def fit(each: Moves, share: Floats) -> Fit:
    """Return the best mixture over all noises.

    share: [levels], how much each counts. A few rounds for every noise, then the most
    promising ones to the end: who leads after a few need not win.
    """
    tried = [_maximise(each, share, n, 5) for n in range(each.likelihood.shape[1])]
    likely = np.array([one.log_likelihood(share) for one in tried])
    best = (-likely).argsort(kind="stable")[:FINISHED]
    finished = [_maximise(each, share, n, ROUNDS) for n in best.tolist()]
    return max(finished, key=lambda one: one.log_likelihood(share))


def _maximise(each: Moves, share: Floats, noise: int, rounds: int) -> Fit:
    """Return what so many rounds of expectation maximisation come to."""
    moves, count = each.moves, len(each.mixtures)
    likelihood = np.where(each.weight.any(0), each.likelihood[:, noise], VACUOUS)
    device = share @ moves
    device = device / device.sum()
    uniform = -each.visits * np.log(moves.shape[1])
    weights = np.full(count + 2, 1 / (count + 2))
    whole, before = share.sum(), -np.inf
    for _ in range(rounds):
        rigid = moves @ np.log(np.maximum(device, 1e-12))
        every = np.column_stack([likelihood, rigid, uniform])
        # Likelihoods of many moves underflow; only their ratios in a level count.
        top = every.max(1)
        odds = np.exp(every - top[:, None])
        mixed = odds @ weights
        likely = float(share @ (np.log(mixed) + top))
        if likely - before <= TOLERANCE * whole:
            break
        before = likely
        # E-step: responsibilities are m_k odds_k / mixed. M-step: a component's weight
        # is its share of them, the device's moves those of the levels that are its own.
        per_odds = share / mixed
        mine = (per_odds * odds[:, count] * weights[count]) @ moves
        if mine.sum() > 0:
            device = mine / mine.sum()
        weights = weights * (per_odds @ odds) / whole
    return Fit(weights, device, noise, odds, top)


def resampled_weights(found: Fit, shares: Floats) -> Floats:
    """Return the weights that fit each resample, [resamples, components].

    shares: [resamples, levels]. Noise and device stay those that fit all levels.
    """
    weights = np.broadcast_to(found.weights, (len(shares), len(found.weights)))
    whole = shares.sum(1, keepdims=True)
    for _ in range(RESAMPLED_ROUNDS):
        mixed = np.maximum(weights @ found.odds.T, 1e-300)
        weights = weights * ((shares / mixed) @ found.odds) / whole
    return weights


def profile(each: Moves, found: Fit, share: Floats) -> tuple[float, float]:
    """Return the lowest and highest share of the base objective that fits.

    Profile likelihood: for each φ the weights are fitted anew under the condition
    Σ_k m_k (λ_k,base - φ) = 0 over the planners. A φ stays where twice the loss of
    log-likelihood is within the quantile of χ²(1) (Wilks 1938).
    """
    phi = np.linspace(0, 1, SHARES)[:, None]
    off = np.concatenate(
        [each.mixtures[:, 0] - phi, np.zeros((SHARES, 2))], 1
    )  # [shares, components]; device and random walk are bound by no condition
    # A round only multiplies, so that a weight of 0 would stay 0 under every condition.
    weights = np.broadcast_to(found.weights + 1e-3, off.shape)
    whole = share.sum()
    for _ in range(30):
        per_odds = share / np.maximum(weights @ found.odds.T, 1e-300)
        weights = _constrained(weights * (per_odds @ found.odds), off, whole)
    likely = np.log(np.maximum(weights @ found.odds.T, 1e-300)) @ share
    most = max(float(np.log(found.odds @ found.weights) @ share), float(likely.max()))
    # χ²(1) is the square of a standard normal: its quantile is that of both tails.
    confidence = each.conventions.confidence
    limit = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    fits = phi[2 * (most - likely) <= limit, 0]
    planners = found.weights[:-2]
    mine = float(planners @ each.mixtures[:, 0] / max(planners.sum(), 1e-12))
    every = [mine, *fits.tolist()]
    return round(min(every), 6), round(max(every), 6)


def _constrained(count: Floats, off: Floats, whole: float) -> Floats:
    """Return m = R / (whole + μ c) with Σ m c = 0, for each row.

    The M-step under a linear condition: maximise Σ R_k log m_k with Σ m = 1 and
    Σ m c = 0 by Lagrange multipliers, of which μ is the second. Σ R c / (whole + μ c)
    falls in μ wherever all denominators are positive, so that bisection between the
    two poles next to 0 finds it.
    """
    low = np.where(off > 1e-12, -whole / np.maximum(off, 1e-12), -np.inf).max(1)
    high = np.where(off < -1e-12, whole / np.maximum(-off, 1e-12), np.inf).min(1)
    low, high = np.maximum(low, -1e9), np.minimum(high, 1e9)
    for _ in range(40):
        mu = (low + high) / 2
        under = np.maximum(whole + mu[:, None] * off, 1e-12)
        more = (count * off / under).sum(1) > 0
        low, high = np.where(more, mu, low), np.where(more, high, mu)
    weights = count / np.maximum(whole + ((low + high) / 2)[:, None] * off, 1e-12)
    normalised: Floats = weights / weights.sum(1, keepdims=True)
    return normalised
