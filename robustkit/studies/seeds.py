"""What the agents of one condition come to: the seed is the unit of analysis."""

from __future__ import annotations

import numpy as np

from ..mdp import Floats
from ..metrics.bootstrap import interval, iqm, picks

RESAMPLES = 1000


def iqm_over_seeds(values: Floats, seed: int = 0) -> tuple[float, float, float]:
    """Return interquartile mean, low and high [seeds]; unknown ones are left out.

    The interval is the 95 % bootstrap percentile one over the seeds that are known.
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan"), float("nan"), float("nan")
    low, high = interval(iqm(known[picks(len(known), RESAMPLES, seed, 43)]))
    return float(iqm(known)), float(low), float(high)


def mean_over_seeds(values: Floats, seed: int = 0) -> Floats:
    """Return mean and 95 % bootstrap interval over seeds, [conditions, 3].

    values: [conditions, seeds], drawn together in all conditions; unknown ones (NaN)
    are left out, and a resample that knows none does not count.
    """
    draws = values[:, picks(values.shape[1], RESAMPLES, seed, 41)]
    out = np.full((len(values), 3), np.nan)
    for c, (each, means) in enumerate(zip(values, _mean(draws), strict=True)):
        known = means[~np.isnan(means)]
        if len(known):
            out[c] = _mean(each), *interval(known)
    return out


def _mean(values: Floats) -> Floats:
    """Return the mean of what is known over the last axis, NaN where nothing is."""
    known = ~np.isnan(values)
    count = known.sum(-1)
    mean: Floats = np.where(known, values, 0).sum(-1) / np.maximum(count, 1)
    return np.where(count > 0, mean, np.nan)


def rank_correlation(one: Floats, other: Floats) -> float:
    """Return Spearman's rank correlation of two lines of numbers without ties."""
    ranks = np.stack([np.argsort(np.argsort(values)) for values in (one, other)])
    correlation: Floats = np.asarray(np.corrcoef(ranks))
    return float(correlation[0, 1])
