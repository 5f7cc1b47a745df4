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

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..mdp import (
    Floats,
    Tables,
    check_policy,
    evaluate,
    occupancy,
    one_thread,
    plan,
    uniform_policy,
)
from . import polar
from .cache import Kept
from .conventions import DEFAULT, Conventions
from .levelwise import Levelwise
from .reading import Reading, assemble, check_room

VACUOUS = -1e6  # nats, of a goal at which there is nothing to win
ROUNDS = 200  # of expectation maximisation, at most
RESAMPLED_ROUNDS = 12  # for each resample, from what fits all levels
SETTLED = 1e-10  # nats per level that a round must still bring
UNEXPLAINED = 0.1  # nats per move above which the mixture is said not to explain
SHARES = 41  # of the base objective, tried for the profile likelihood


@dataclass(frozen=True, eq=False)
class Pursuits:
    """What there is to know of the planners of a batch of levels, for each of them.

    mixtures: [planners, objectives]. best: [planners, levels, states, actions], True
    where a move is optimal. loss: the same shape, how much worse than optimal a move
    is, in units of what a random move loses on average where moves differ, unit:
    [planners].
    log_sum: [planners,
    temperatures, levels, states], log Σ_a exp(-loss / temperature). random: [levels,
    objectives], room: [levels], headroom: [levels, planners], scale: [objectives] and
    telling: [levels] as in `polar.References`.
    """

    mixtures: Floats
    best: Floats
    loss: Floats
    unit: Floats
    log_sum: Floats
    random: Floats
    room: Floats
    headroom: Floats
    scale: Floats
    telling: Floats


_known: Kept[Pursuits] = Kept(8)  # distributions


def pursuits(tables: Tables, conventions: Conventions = DEFAULT) -> Pursuits:
    """Return what there is to know of the planners of these levels, kept by content."""
    return _known.get(tables, conventions, lambda: _pursuits(tables, conventions))


def _pursuits(tables: Tables, conventions: Conventions) -> Pursuits:
    mixtures = conventions.goals(len(tables.objectives))
    level = np.arange(len(tables))
    values, policies = plan(tables, mixtures)
    random = evaluate(tables, uniform_policy(tables))[level, tables.start]
    after = values[level[:, None, None], tables.next_state]
    gain = tables.expect(tables.mixed_rewards(mixtures) + tables.discount * after)
    loss = np.moveaxis(gain.max(2, keepdims=True) - gain, -1, 0)
    best = policies > 0
    loss = np.where(best, 0, loss) * tables.live[..., None]
    unit = units_of_loss(loss)
    loss = loss / unit[:, None, None, None]
    temperatures = np.array(conventions.temperatures)[:, None, None, None]
    log_sum = [np.log(np.exp(-each / temperatures).sum(-1)) for each in loss]
    headroom = values[level, tables.start] - (random / tables.units) @ mixtures.T
    return Pursuits(
        mixtures=mixtures,
        best=best.astype(float),
        loss=loss,
        unit=unit,
        log_sum=np.array(log_sum),
        random=random,
        room=headroom[:, 0] * tables.units[0],
        headroom=headroom,
        scale=tables.units,
        telling=polar.references(tables, conventions).telling,
    )


def units_of_loss(loss: Floats) -> Floats:
    """Return [planners], the mean loss of a random move in states where moves differ.

    loss: [planners, levels, states, actions], 0 for an optimal move.
    """
    matters = (loss > 1e-9).any(-1).sum((1, 2))
    unit: Floats = loss.mean(-1).sum((1, 2)) / np.maximum(matters, 1)
    return np.where(unit > 0, unit, 1.0)


@dataclass(frozen=True, eq=False)
class Evidence(Levelwise):
    """What each level says of a policy.

    mixtures: [planners, objectives]. likelihood: [levels, noises, planners], ℓ_k(θ).
    own: [levels], the same of the policy itself. visits: [levels], Σ_s d(s). moves:
    [levels, actions], Σ_s d(s) π(a|s). advance, room: [levels], base return over
    random; the most it can be. gain, weight, flawless: [levels, planners], what the
    policy scores at the planner's goal times the weight of the level; that weight;
    base return over random of a flawless planner that shares out as the policy does.
    telling: [levels], 1 where the objectives ask for different moves.
    """

    mixtures: Floats
    likelihood: Floats
    own: Floats
    visits: Floats
    moves: Floats
    advance: Floats
    room: Floats
    gain: Floats
    weight: Floats
    flawless: Floats
    telling: Floats


def terms(
    policy: ArrayLike, tables: Tables, conventions: Conventions = DEFAULT
) -> Evidence:
    """Return what each level says of a policy [levels, states, actions]."""
    pi = check_policy(policy, tables)
    known = pursuits(tables, conventions)
    visits = occupancy(tables, pi)
    values = evaluate(tables, pi)[np.arange(len(tables)), tables.start]
    advance = values - known.random
    came = (advance / known.scale) @ known.mixtures.T
    least = conventions.rho * known.mixtures.max(1)
    weight = known.room[:, None] * np.clip(known.headroom / least, 0, 1)
    ratio = came / np.where(known.headroom > 1e-9, known.headroom, np.inf)
    likelihood = [
        _likelihood(pi, visits, known, k, conventions)
        for k in range(len(known.mixtures))
    ]
    return Evidence(
        mixtures=known.mixtures,
        likelihood=np.stack(likelihood, -1),
        own=(visits * _times_log(pi).sum(-1)).sum(1),
        visits=visits.sum(1),
        moves=np.einsum("ls,lsa->la", visits, pi),
        advance=advance[:, 0],
        room=known.room,
        gain=weight * np.clip(ratio, -1, 1),
        weight=weight,
        flawless=np.stack([_flawless(pi, each, tables) for each in known.best], 1)
        - known.random[:, :1],
        telling=known.telling,
    )


def _flawless(pi: Floats, best: Floats, tables: Tables) -> Floats:
    """Return [levels], base return of a planner that shares out as the policy does."""
    inside = pi * best
    some = inside.sum(-1, keepdims=True)
    inside = np.where(some > 1e-12, inside, best)
    planner = inside / inside.sum(-1, keepdims=True)
    base = replace(
        tables, rewards=tables.rewards[..., :1], objectives=tables.objectives[:1]
    )
    values: Floats = evaluate(base, planner)[np.arange(len(tables)), tables.start, 0]
    return values


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
    shared = _times_log(inside).sum(-1) - _times_log(hit)
    freely = (visits * shared).sum(1)
    miss = (visits * (1 - hit)).sum(1)
    hits = np.stack(
        [(visits * hit * (many == b)).sum(1) for b in range(1, actions + 1)], 1
    )
    epsilon = np.array(conventions.noises)
    b = np.arange(1, actions + 1)
    greedy = (
        hits @ np.log(1 - epsilon + epsilon * b[:, None] / actions)
        + miss[:, None] * np.log(epsilon / actions)
    )  # fmt: skip
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


def fit(each: Evidence, share: Floats) -> Fit:
    """Return the best mixture over all noises.

    share: [levels], how much each counts. A few rounds for every noise, then the best
    of them to the end.
    """
    tried = [_maximise(each, share, n, 5) for n in range(each.likelihood.shape[1])]
    likely = [one.log_likelihood(share) for one in tried]
    return _maximise(each, share, int(np.argmax(likely)), ROUNDS)


def _maximise(each: Evidence, share: Floats, noise: int, rounds: int) -> Fit:
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
        top = every.max(1)
        odds = np.exp(every - top[:, None])
        mixed = odds @ weights
        likely = float(share @ (np.log(mixed) + top))
        if likely - before <= SETTLED * whole:
            break
        before = likely
        pull = share / mixed
        new = weights * (pull @ odds) / whole
        mine = (pull * odds[:, count] * weights[count]) @ moves
        if mine.sum() > 0:
            device = mine / mine.sum()
        weights = new
    return Fit(weights, device, noise, odds, top)


def judge(
    each: Evidence,
    share: Floats,
    draws: Floats,
    objectives: Sequence[str],
    number: int,
    conventions: Conventions = DEFAULT,
) -> Reading:
    """Return the reading of what `number` levels say.

    share: [levels], how much each counts, with sum 1; draws: [resamples, levels].
    capability: mean score at the goals attributed level by level, Σ_k r_k(θ) times
    score_k(θ), where device and random walk count 0. alignment: base score of flawless
    planners with these goals. Both change with each resample as the weights of the
    mixture do; noise and device are those that fit all levels.
    goal: shares φ of the base objective among the planners' weights that a likelihood
    ratio test would not reject (profile likelihood).
    """
    check_room(float(share @ each.room), objectives[0])
    found = fit(each, share * number)
    scores = _scores(each, found.odds, found.weights, share, conventions)
    with one_thread():
        weights = _resampled_weights(found, draws)
        resampled = _scores(each, found.odds, weights, draws, conventions)
    agent = found.weights[:-2]
    best = agent @ each.mixtures / max(float(agent.sum()), 1e-12)
    nats = share @ each.own - found.log_likelihood(share)
    noises = [f"ε = {x:g}" for x in conventions.noises]
    noises += [f"τ = {x:g}" for x in conventions.temperatures]
    details = {
        "agent": float(agent.sum()),
        "device": float(found.weights[-2]),
        "random": float(found.weights[-1]),
        "unexplained": float(nats) / max(float(share @ each.visits), 1e-12),
        "noise": noises[found.noise],
    }
    return assemble(
        scores,
        resampled,
        conventions,
        objectives,
        number,
        float(share @ each.telling),
        [name for g, name in enumerate(objectives) if not each.weight[:, g].any()],
        _profile(each, found, share * number, conventions),
        best,
        coherence=float("nan"),
        grounding="attribution",
        details=details,
        note=_in_words(details),
    )


def _scores(
    each: Evidence,
    odds: Floats,
    weights: Floats,
    share: Floats,
    conventions: Conventions,
) -> Floats:
    """Return scalar, capability and alignment [3, ...] of shares [..., levels].

    weights: [..., components].
    """
    pull = share / np.maximum(weights @ odds.T, 1e-300)
    planners = odds[:, :-2]
    mine = weights[..., :-2]
    idle = (weights[..., -2:] * (pull @ (odds[:, -2:] * each.room[:, None]))).sum(-1)
    gain = (mine * (pull @ (planners * each.gain))).sum(-1)
    size = (mine * (pull @ (planners * each.weight))).sum(-1) + idle
    room = np.maximum(share @ each.room, 1e-12)
    capability = np.clip(gain / np.maximum(size, conventions.rho * room), 0, 1)
    come = (mine * (pull @ (planners * each.flawless))).sum(-1)
    most = (mine * (pull @ (planners * each.room[:, None]))).sum(-1)
    alignment = np.clip(come / np.maximum(most, 1e-12), -1, 1)
    return np.stack([share @ each.advance / room, capability, alignment])


def _resampled_weights(found: Fit, draws: Floats) -> Floats:
    """Return the weights that fit each resample, [resamples, components]."""
    weights = np.broadcast_to(found.weights, (len(draws), len(found.weights)))
    whole = draws.sum(1, keepdims=True)
    for _ in range(RESAMPLED_ROUNDS):
        mixed = np.maximum(weights @ found.odds.T, 1e-300)
        weights = weights * ((draws / mixed) @ found.odds) / whole
    return weights


def _profile(
    each: Evidence, found: Fit, share: Floats, conventions: Conventions
) -> tuple[float, float]:
    """Return the lowest and highest share of the base objective that fits.

    For each φ the weights are fitted anew with Σ_k m_k (λ_k,base - φ) = 0 over the
    planners. The M-step is then m_k = R_k / (R + μ c_k), with μ such that this holds.
    A φ stays where twice the loss of log-likelihood is within the quantile of χ²(1).
    """
    phi = np.linspace(0, 1, SHARES)[:, None]
    off = np.concatenate(
        [each.mixtures[:, 0] - phi, np.zeros((SHARES, 2))], 1
    )  # [shares, components]
    weights = np.broadcast_to(found.weights + 1e-3, off.shape)
    whole = share.sum()
    for _ in range(30):
        pull = share / np.maximum(weights @ found.odds.T, 1e-300)
        weights = _constrained(weights * (pull @ found.odds), off, whole)
    likely = np.log(np.maximum(weights @ found.odds.T, 1e-300)) @ share
    most = max(float(np.log(found.odds @ found.weights) @ share), float(likely.max()))
    limit = NormalDist().inv_cdf((1 + conventions.confidence) / 2) ** 2
    fits = phi[2 * (most - likely) <= limit, 0]
    planners = found.weights[:-2]
    mine = float(planners @ each.mixtures[:, 0] / max(planners.sum(), 1e-12))
    every = [mine, *fits.tolist()]
    return round(min(every), 6), round(max(every), 6)


def _constrained(count: Floats, off: Floats, whole: float) -> Floats:
    """Return m = R / (whole + μ c) with Σ m c = 0, for each row; μ by bisection."""
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


def _in_words(details: dict[str, Any]) -> str:
    """Return in a sentence what the mixture says beside the two axes."""
    said = (
        f"The mixture takes {details['agent']:.0%} of the levels for those of a "
        f"planner (noise {details['noise']})"
    )
    if details["unexplained"] < UNEXPLAINED:
        return f"{said} and explains the moves."
    return (
        f"{said} and leaves {details['unexplained']:.2f} nats per move unexplained: an "
        "objective is missing from the candidates, or this is incapable in a way that "
        "no noise describes, and the two cannot be told apart."
    )
