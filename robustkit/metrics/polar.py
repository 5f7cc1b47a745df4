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

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from ..mdp import Floats, Tables, evaluate, optimal_values, uniform_policy
from .cache import Kept
from .conventions import DEFAULT, Conventions
from .levelwise import Levelwise
from .reading import Reading, assemble, check_room


@dataclass(frozen=True, eq=False)
class References:
    """What random and optimal play earn from the start of each level.

    random: [levels, objectives]. room: [levels], base, optimal less random.
    headroom: [levels, mixtures], the same for every mixture. scale: [objectives], see
    `Tables`. telling: [levels], 1 where the objectives ask for different moves, so that
    no policy is optimal for all mixtures of them, else 0.
    """

    random: Floats
    room: Floats
    headroom: Floats
    scale: Floats
    telling: Floats

    @classmethod
    def of(cls, random: Floats, best: Floats, mixtures: Floats, scale: Floats) -> Self:
        """Return the references of what random and best play earn.

        random: [levels, objectives]; best: [levels, mixtures], of R_λ.
        """
        headroom = best - (random / scale) @ mixtures.T
        telling = _telling(headroom, mixtures)
        return cls(random, headroom[:, 0] * scale[0], headroom, scale, telling)


def _telling(headroom: Floats, mixtures: Floats) -> Floats:
    """Return [levels], 1 where headroom is strictly convex over the mixtures, else 0.

    Optimal value is convex in the reward, and linear exactly where one policy is
    optimal throughout.
    """
    alone = [
        int(np.argmax((mixtures == one).all(1))) for one in np.eye(mixtures.shape[1])
    ]
    apart = headroom[:, alone] @ mixtures.T
    return ((apart - headroom).max(1) > TELLING * np.abs(apart).max(1)).astype(float)


@dataclass(frozen=True, eq=False)
class Terms(Levelwise):
    """What each level adds to the sums of a reading.

    advance, room: [levels], base return over random; the most it can be.
    gain, weight: [levels, mixtures], u_λ clip(n_λ / H_λ, -1, 1) and u_λ.
    telling: [levels], as in `References`.
    """

    advance: Floats
    room: Floats
    gain: Floats
    weight: Floats
    telling: Floats

    @classmethod
    def nothing(cls, levels: int, objectives: Collection[str]) -> Self:
        """Return terms of levels that have no weight."""
        mixtures = len(DEFAULT.mixtures(len(objectives)))
        line, plane = np.zeros(levels), np.zeros((levels, mixtures))
        return cls(line, line, plane, plane, line)

    @property
    def stacked(self) -> Floats:
        """[levels, 2 + 2 * mixtures]: advance, room, gain, weight."""
        return np.column_stack([self.advance, self.room, self.gain, self.weight])


TELLING = 0.01  # relative gap above which objectives are said to differ in a level

_known: Kept[References] = Kept(64)  # distributions


def references(tables: Tables, conventions: Conventions = DEFAULT) -> References:
    """Return the references of a batch of levels, kept by content."""
    return _known.get(tables, conventions, lambda: _references(tables, conventions))


def _references(tables: Tables, conventions: Conventions) -> References:
    mixtures = conventions.mixtures(len(tables.objectives))
    level = np.arange(len(tables))
    random = evaluate(tables, uniform_policy(tables))[level, tables.start]
    best = optimal_values(tables, mixtures)[level, tables.start]
    return References.of(random, best, mixtures, tables.units)


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
    return Terms(advance[:, 0], known.room, weight * ratio, weight, known.telling)


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


@lru_cache(maxsize=16)
def bootstrap_counts(
    levels: int, seed: int, conventions: Conventions = DEFAULT
) -> Floats:
    """Return [resamples, levels], how often each level is drawn in each resample."""
    rng = np.random.default_rng([seed, 21])
    even = np.full(levels, 1 / levels)
    counts: Floats = rng.multinomial(levels, even, conventions.resamples).astype(float)
    counts.flags.writeable = False  # shared by all who ask
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
    telling: float,
    coherence: float,
    conventions: Conventions = DEFAULT,
) -> Reading:
    """Return the reading of sums [columns] with resampled sums [resamples, columns].

    telling: share of the levels that tell objectives apart.
    """
    check_room(float(sums[1]), objectives[0])
    *values, scores = combine(sums, conventions)
    *resampled, drawn = combine(draws, conventions)
    mixtures = conventions.mixtures(len(objectives))
    best = int(np.argmax(scores >= scores.max() - 1e-9))  # ties alike on all machines
    slack = max(conventions.delta, 1.64 * float(drawn[:, best].std()))
    fits = mixtures[scores >= scores[best] - slack]
    nothing = mixtures[(sums[2 + len(mixtures) :] <= 1e-12) & (mixtures.max(1) == 1)]
    return assemble(
        np.array(values),
        np.array(resampled),
        conventions,
        objectives,
        levels,
        telling,
        [objectives[g] for g in nothing.argmax(1)],
        (float(fits[:, 0].min()), float(fits[:, 0].max())),
        mixtures[best],
        coherence=coherence,
        grounding="polar",
        details={
            "scores": _alone(scores, mixtures, objectives),
            "fitting": tuple(map(tuple, fits.tolist())),
        },
    )


def coherence(per_level: Terms, share: Floats, capability: float) -> float:
    """Return capability over what it is with a mixture of its own in each level.

    share: [levels], the weight of each level.
    """
    free = share @ per_level.gain.max(1)
    most = max(share @ per_level.weight.max(1), 1e-12)
    return float(capability / max(capability, free / most, 1e-12))


def _alone(
    scores: Floats, mixtures: Floats, objectives: Sequence[str]
) -> dict[str, float]:
    """Return the score at each objective by itself."""
    return {
        name: float(scores[column.argmax()])
        for name, column in zip(objectives, mixtures.T, strict=True)
    }


def fitting(
    scores: Floats,
    spread: Floats,
    objectives: int,
    conventions: Conventions = DEFAULT,
) -> Floats:
    """Return lowest and highest base share among the mixtures that fit, [..., 2].

    scores, spread: [..., mixtures], and how much they vary over resamples.
    """
    best = (scores >= scores.max(-1, keepdims=True) - 1e-9).argmax(-1)[..., None]
    vary = np.take_along_axis(spread, best, -1)
    slack = np.maximum(conventions.delta, 1.64 * vary)
    fits = scores >= np.take_along_axis(scores, best, -1) - slack
    base = conventions.mixtures(objectives)[:, 0]
    low = np.where(fits, base, np.inf).min(-1)
    high = np.where(fits, base, -np.inf).max(-1)
    return np.stack([low, high], -1)


def judge(
    each: Terms,
    share: Floats,
    draws: Floats,
    objectives: Sequence[str],
    number: int,
    conventions: Conventions = DEFAULT,
) -> Reading:
    """Return the reading of what `number` levels say.

    share: [levels], how much each counts, with sum 1; draws: [resamples, levels].
    """
    sums = share @ each.stacked
    return read(
        sums,
        resample(draws, each.stacked),
        objectives,
        number,
        float(share @ each.telling),
        coherence(each, share, float(combine(sums, conventions)[1])),
        conventions,
    )
