"""Agents before and after, pair by pair, and what changes between them.

Means over pairs, as studies of a share of training levels plot them, and no
interquartile ones as populations have: a remedy that helps two seeds of eight has
helped those two, and an interquartile mean often cuts off just them. Where all values
are known the mean change is also the mean after less the mean before.

Intervals over few pairs are too narrow, as all that go by resampling are: of normal
changes they hold the truth in .89 of cases with 8 pairs and in .80 with 4. And no
resample holds what no pair shows: where a remedy helps one agent in four, 8 pairs may
hold the truth in .80 of cases only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..mdp import Floats
from .bootstrap import interval, picks
from .conventions import DEFAULT
from .curve import NOT_KNOWN, lost_with_unseen
from .population import Middle, estimate, pooled, resampled
from .reading import AXES, Estimate, Reading

MEAN: Middle = partial(np.mean, axis=-1)


@dataclass(frozen=True)
class Change:
    """A mean over agents before, the mean after, and the mean over pairs of the change.

    Where a value is unknown for some, each mean is over those for which it is known;
    the change over the pairs for which it is known at both ends.
    """

    before: Estimate
    after: Estimate
    change: Estimate


def changes(
    before: Sequence[Reading], after: Sequence[Reading], seed: int = 0
) -> dict[str, Change]:
    """Return the change of scalar, capability and alignment, by name.

    before, after: readings of agents that are paired one by one, on the same levels and
    with the same resamples of them. Each resample draws pairs and weighs levels, both
    the same before and after, so that what they have in common cancels out. With a
    single pair intervals are over levels alone. seed: of the draws.
    """
    return {axis: _change(before, after, axis, seed) for axis in AXES}


def _change(
    before: Sequence[Reading], after: Sequence[Reading], axis: str, seed: int
) -> Change:
    first, last = (pooled(end, axis, seed, MEAN) for end in (before, after))
    pairs = [
        pair
        for pair in zip(before, after, strict=True)
        if all(getattr(end, axis).known for end in pair)
    ]
    if not pairs:
        return Change(first, last, NOT_KNOWN)
    one, other = (resampled(end) for end in zip(*pairs, strict=True))
    lost, unseen = lost_with_unseen(one, other, before[0].levels, after[0].levels)
    gains = [getattr(b, axis).value - getattr(a, axis).value for a, b in pairs]
    k, sure = AXES.index(axis), before[0].confidence
    change = estimate(np.mean(gains), -lost[k], -unseen[k], seed, MEAN, sure)
    return Change(first, last, change)


def mean_change(before: Floats, after: Floats, seed: int = 0) -> Change:
    """Return the change of a number [agents] for which resampling levels says nothing.

    Such as the worst level's, which a resample meets or does not: intervals are over
    agents alone.
    """
    drawn = picks(len(before), DEFAULT.resamples, seed, 22)

    def mean(values: Floats) -> Estimate:
        low, high = interval(values[drawn].mean(1), DEFAULT.confidence)
        return Estimate(float(values.mean()), float(low), float(high))

    return Change(mean(before), mean(after), mean(after - before))
