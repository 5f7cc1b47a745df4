"""The polar grounding: capability and alignment from values alone.

For a mixture λ of the candidate objectives, R_λ = Σ λ_g R_g / scale_g. A policy's score
at λ says how far it has come, from random to optimal, in the pursuit of R_λ.
Capability is its score at the mixture that suits it best; alignment is what share of
that is worth something to the base objective, scalar / capability. So
scalar = capability · alignment, and equal scalars are hyperbolas on the plane.

A distribution of levels is a weighting of strata: everything is a weighted sum over
levels (`Terms`), so a reading anywhere between the strata costs no new evaluation.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from ..mdp import Floats, Tables, check_policy, evaluate, optimal_values, uniform_policy
from .conventions import DEFAULT, Conventions
from .reading import Estimate, Reading


@dataclass(frozen=True, eq=False)
class References:
    """What random and optimal play earn from the start of each level.

    random: [levels, objectives]. room: [levels], base, optimal less random.
    headroom: [levels, mixtures], the same for every mixture. scale: [objectives], see
    `Tables`.
    """

    random: Floats
    room: Floats
    headroom: Floats
    scale: Floats

    @classmethod
    def of(cls, random: Floats, best: Floats, mixtures: Floats, scale: Floats) -> Self:
        """Return the references of what random and best play earn.

        random: [levels, objectives]; best: [levels, mixtures], of R_λ.
        """
        headroom = best - (random / scale) @ mixtures.T
        return cls(random, headroom[:, 0] * scale[0], headroom, scale)


@dataclass(frozen=True, eq=False)
class Terms:
    """What each level adds to the sums of a reading.

    advance, room: [levels], base return over random; the most it can be.
    gain, weight: [levels, mixtures], u_λ clip(n_λ / H_λ, -1, 1) and u_λ.
    """

    advance: Floats
    room: Floats
    gain: Floats
    weight: Floats

    @classmethod
    def nothing(cls, levels: int, objectives: Collection[str]) -> Self:
        """Return terms of levels that have no weight."""
        mixtures = len(DEFAULT.mixtures(len(objectives)))
        line, plane = np.zeros(levels), np.zeros((levels, mixtures))
        return cls(line, line, plane, plane)

    @property
    def stacked(self) -> Floats:
        """[levels, 2 + 2 * mixtures]: advance, room, gain, weight."""
        return np.column_stack([self.advance, self.room, self.gain, self.weight])


_known: OrderedDict[tuple[str, Conventions], References] = OrderedDict()
_KEEP = 64  # distributions whose references are kept


def references(tables: Tables, conventions: Conventions = DEFAULT) -> References:
    """Return the references of a batch of levels, kept by content."""
    key = tables.digest, conventions
    if key not in _known:
        _known[key] = _references(tables, conventions)
        while len(_known) > _KEEP:
            _known.popitem(last=False)
    _known.move_to_end(key)
    return _known[key]


def _references(tables: Tables, conventions: Conventions) -> References:
    mixtures = conventions.mixtures(len(tables.objectives))
    level = np.arange(len(tables))
    random = evaluate(tables, uniform_policy(tables))[level, tables.start]
    best = optimal_values(tables, mixtures)[level, tables.start]
    return References.of(random, best, mixtures, tables.scale)


def terms(
    policy: ArrayLike, tables: Tables, conventions: Conventions = DEFAULT
) -> Terms:
    """Return what each level adds to the sums of a reading.

    policy: [levels, states, actions].
    """
    known = references(tables, conventions)
    values = evaluate(tables, policy)[np.arange(len(tables)), tables.start]
    return terms_of(values, known, conventions)


def terms_of(
    values: Floats,
    known: References,
    conventions: Conventions = DEFAULT,
    sampled: bool = False,
) -> Terms:
    """Return what each level adds, from what a policy earns there.

    values: [levels, objectives]. sampled: they are means over episodes, whose noise a
    clip in each level would turn into bias, so that none is made.
    n_λ = Σ_g λ_g (V_g - V_g random) / scale_g; H_λ the same for optimal play;
    u_λ = room_b min(1, H_λ / (ρ max λ)), so that levels in which there is nothing to
    be won or lost at λ do not count.
    """
    mixtures = conventions.mixtures(values.shape[1])
    advance = values - known.random
    came = (advance / known.scale) @ mixtures.T
    least = conventions.rho * mixtures.max(1)
    weight = known.room[:, None] * np.clip(known.headroom / least, 0, 1)
    ratio = came / np.where(known.headroom > 1e-9, known.headroom, np.inf)
    ratio = ratio if sampled else np.clip(ratio, -1, 1)
    return Terms(advance[:, 0], known.room, weight * ratio, weight)


def combine(
    sums: Floats, conventions: Conventions = DEFAULT
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return (scalar, capability, alignment, scores) from sums over levels.

    sums: [..., 2 + 2 * mixtures], weighted sums of `Terms.stacked`.
    scalar, capability, alignment: [...]; scores: [..., mixtures].
    Alignment is 1 where capability is 0, which callers report as unknown.
    """
    advance, room = sums[..., 0], np.maximum(sums[..., 1], 1e-12)
    gain, weight = np.split(sums[..., 2:], 2, axis=-1)
    scores = gain / np.maximum(weight, conventions.rho * room[..., None])
    scores = np.clip(scores, -1, 1)
    scalar = advance / room
    capability = np.maximum(np.maximum(scalar, scores.max(-1)), 0)
    safe = np.where(capability > 0, capability, 1)
    alignment = np.clip(np.where(capability > 0, scalar / safe, 1), -1, 1)
    return scalar, capability, alignment, scores


def bootstrap_counts(
    levels: int, seed: int, conventions: Conventions = DEFAULT
) -> Floats:
    """Return [resamples, levels], how often each level is drawn in each resample."""
    rng = np.random.default_rng([seed, 21])
    even = np.full(levels, 1 / levels)
    counts: Floats = rng.multinomial(levels, even, conventions.resamples).astype(float)
    return counts


def resample(counts: Floats, stacked: Floats) -> Floats:
    """Return the sums of every resample, [..., resamples, columns]."""
    sums: Floats = counts @ stacked
    return sums


def interval(draws: Floats, conventions: Conventions = DEFAULT) -> Floats:
    """Return the percentile interval [2, ...] of draws over their first axis."""
    tail = (1 - conventions.confidence) / 2
    bounds: Floats = np.quantile(draws, [tail, 1 - tail], axis=0)
    return bounds


def read(
    sums: Floats,
    draws: Floats,
    objectives: Sequence[str],
    levels: int,
    coherence: float,
    conventions: Conventions = DEFAULT,
) -> Reading:
    """Return the reading of sums [columns] with resampled sums [resamples, columns]."""
    scalar, capability, alignment, scores = combine(sums, conventions)
    resampled = combine(draws, conventions)
    bounds = [interval(part, conventions) for part in resampled[:3]]
    known = bounds[1][0] > conventions.unknown
    mixtures = conventions.mixtures(len(objectives))
    best = int(scores.argmax())
    slack = max(conventions.delta, 1.64 * float(resampled[3][:, best].std()))
    fits = mixtures[scores >= scores[best] - slack, 0]
    names = zip(objectives, mixtures[best], strict=True)
    return Reading(
        scalar=Estimate(float(scalar), *map(float, bounds[0])),
        capability=Estimate(float(capability), *map(float, bounds[1])),
        alignment=Estimate(float(alignment), *map(float, bounds[2]))
        if known
        else Estimate(float("nan"), -1.0, 1.0),
        goal=(float(fits.min()), float(fits.max())) if known else (0.0, 1.0),
        best={name: float(weight) for name, weight in names},
        coherence=coherence,
        levels=levels,
        confidence=conventions.confidence,
        base=objectives[0],
    )


def coherence(per_level: Terms, share: Floats, capability: float) -> float:
    """Return capability over what it is with a mixture of its own in each level.

    share: [levels], the weight of each level.
    """
    free = share @ per_level.gain.max(1)
    most = max(share @ per_level.weight.max(1), 1e-12)
    return float(capability / max(capability, free / most, 1e-12))


def measure(
    policy: ArrayLike,
    tables: Tables,
    conventions: Conventions = DEFAULT,
    seed: int = 0,
) -> Reading:
    """Return the reading of a policy [levels, states, actions] on these levels.

    Intervals are percentile bootstraps over levels. Raises ValueError for a policy
    that is none (see `mdp.check_policy`).
    """
    each = terms(check_policy(policy, tables), tables, conventions)
    return summarise(each, tables.objectives, conventions, seed)


def summarise(
    each: Terms,
    objectives: Sequence[str],
    conventions: Conventions = DEFAULT,
    seed: int = 0,
) -> Reading:
    """Return the reading of what each level adds; see `measure`."""
    levels = len(each.advance)
    sums = each.stacked.sum(0)
    draws = resample(bootstrap_counts(levels, seed, conventions), each.stacked)
    capability = float(combine(sums, conventions)[1])
    coherent = coherence(each, np.ones(levels), capability)
    return read(sums, draws, objectives, levels, coherent, conventions)
